import { describe, expect, it } from 'vitest'
import { echo as connectEcho } from '../src/connections/echo'
import { type CartEchoOptions, createCartEchoIn } from '../src/create-cart-echo'
import type { EventOption } from '../src/engine/events'
import * as several from '../src/tabs/tabs'
import { openFakeBrowser } from './support/fake-browser'
import { fakeEcho } from './support/fake-echo'
import { fakeEnvironment } from './support/fake-environment'
import { logSays, openCart } from './support/open-cart'
import { at, change } from './support/payloads'

const PRICE = 'cart.price.changed'

/** A decoder that changes what it is given, as one may that was written in a hurry. */
const inCents = {
  name: PRICE,
  decode: (payload: Record<string, unknown>) => {
    payload.cents = Number(payload.cents) * 100
    return payload
  },
} as unknown as EventOption

describe('what a listener is told', () => {
  it('cannot be changed by it: the news and the next listener have it as it came', () => {
    const { cart, echo, errors, goLive } = openCart()
    const totals: unknown[] = []
    cart.on('cart.conditions.changed', ({ changes }) => {
      // @ts-expect-error It is read-only.
      changes.new_total = 'RM0.01'
    })
    cart.on('cart.conditions.changed', (_change, meta) => {
      // @ts-expect-error It is read-only.
      meta.key = 'mine'
    })
    cart.on('cart.conditions.changed', ({ changes }, { key }) => totals.push(changes.new_total, key))
    goLive()
    echo.send(at(1))
    expect(totals).toEqual(['RM120.00', 'e1:1'])
    expect(cart.news.get().last?.change).toMatchObject({ changes: { new_total: 'RM120.00' } })
    expect(errors.map(({ code }) => code)).toEqual(['listener-failed', 'listener-failed'])
    cart.stop()
  })

  it.each([
    ['broadcast', false],
    ['said by a bare check', true],
  ])('is frozen to its depths: %s', async (_how, isBare) => {
    const { cart, echo, goLive, pass } = openCart({}, () => Response.json({ updated: isBare, message: null }))
    goLive()
    if (!isBare) echo.send({ ...change(), changes: { conditions: [{ action: 'removed', display_name: 'Sale' }] } })
    await pass(100)
    const open: unknown[] = []
    const look = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      if (!Object.isFrozen(value)) open.push(value)
      Object.values(value).forEach(look)
    }
    look(cart.news.get().last)
    expect(cart.news.get().last).not.toBeNull()
    expect(open).toEqual([])
    cart.stop()
  })

  it('is frozen to its depths also where a decoder has frozen the outside of it, and may go round', () => {
    const decode = (payload: Record<string, unknown>) => Object.freeze({ ...payload, round: [payload] })
    const { cart, echo, errors, goLive } = openCart({ events: [{ name: PRICE, decode } as unknown as EventOption] })
    goLive()
    echo.send({ deep: { cents: 12 } }, PRICE)
    const told = cart.news.get().last?.change as unknown as { deep: object; round: readonly object[] }
    expect([Object.isFrozen(told.deep), Object.isFrozen(told.round[0]), errors]).toEqual([true, true, []])
    cart.stop()
  })

  it('leaves what came to the other listeners of the same Echo as it was', () => {
    const { cart, echo, goLive } = openCart({ events: [inCents] })
    const payload = { cents: 12 }
    goLive()
    echo.send(payload, PRICE)
    expect(payload).toEqual({ cents: 12 })
    expect(Object.isFrozen(payload)).toBe(false)
    cart.stop()
  })

  it('keeps the class of what a decoder gives', () => {
    const dated = { name: PRICE, decode: ({ at }: Record<string, unknown>) => ({ at: new Date(String(at)) }) }
    const { cart, echo, goLive } = openCart({ events: [dated as unknown as EventOption] })
    goLive()
    echo.send({ at: '2026-11-23T10:00:00Z' }, PRICE)
    const told = cart.news.get().last?.change as unknown as { at: Date } | undefined
    expect(told?.at.setUTCFullYear(2027)).toBeGreaterThan(0)
    cart.stop()
  })
})

describe('a decoder', () => {
  it('runs once a tab for each broadcast, on what came, and once for what a later tab is given from memory', async () => {
    let runs = 0
    const counting = {
      name: PRICE,
      decode: (payload: Record<string, unknown>) => {
        runs += 1
        payload.cents = Number(payload.cents) * 100
        return payload
      },
    } as unknown as EventOption
    const clock = fakeEnvironment()
    const browser = openFakeBrowser(clock)
    const echoes = [fakeEcho(), fakeEcho(), fakeEcho()]
    const open = (echo: ReturnType<typeof fakeEcho>, cursor: string) => {
      const tab = browser.open()
      const options: CartEchoOptions = {
        user: 1,
        owner: 'mine',
        cursor,
        connect: connectEcho(echo),
        target: null,
        events: [counting],
        check: { url: 'https://shop.test/check', fetch: async (url) => logSays(new URL(String(url)), {}) },
        onError: (error) => {
          throw error
        },
      }
      const cart = createCartEchoIn(
        tab.environment,
        options,
        () => tab.ports,
        async () => several,
      )
      const heard: unknown[] = []
      cart.on(PRICE as never, ((change: { cents: unknown }) => heard.push(change.cents)) as never)
      cart.start()
      return { cart, heard }
    }
    const [leader, follower] = [open(echoes[0] as never, 'e1:0'), open(echoes[1] as never, 'e1:0')]
    await clock.advanceTurnByTurn(500)
    echoes[0]?.become('connected')
    echoes[0]?.confirm()
    await clock.advanceTurnByTurn(3_000)
    echoes[0]?.send({ cents: 12, cart_echo: { epoch: 'e1', seq: 1 } }, PRICE)
    await clock.advanceTurnByTurn(3_000)
    expect([leader.heard, follower.heard, runs]).toEqual([[1_200], [1_200], 2])
    const late = open(echoes[2] as never, 'e1:0')
    await clock.advanceTurnByTurn(3_000)
    expect([late.heard, runs]).toEqual([[1_200], 3])
    for (const { cart } of [leader, follower, late]) cart.stop()
  })
})
