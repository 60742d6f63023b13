import { describe, expect, it } from 'vitest'
import { logSays, openCart } from './support/open-cart'
import { at, change } from './support/payloads'

describe('an error of the check', () => {
  it.each<[string, () => Response | Promise<Response>]>([
    ['check-failed', () => new Response('', { status: 500, headers: { 'Content-Type': 'application/json' } })],
    ['check-failed', () => Promise.reject(new TypeError('no network'))],
    ['check-failed', () => new Promise<Response>(() => undefined)],
    ['check-busy', () => new Response('', { status: 429 })],
    ['check-refused', () => Response.json({}, { status: 423 })],
    ['blocked', () => new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } })],
    ['session-over', () => Response.json({}, { status: 401 })],
    ['misconfigured', () => Response.json({}, { status: 404 })],
  ])('names the address that was asked: %s', async (code, says) => {
    const { cart, errors, pass } = openCart({ connect: undefined }, says)
    await pass(60_000)
    const error = errors.find((one) => one.code === code)
    expect(error?.message).toContain('https://shop.test/check')
    cart.stop()
  })
})

describe('an answer of more than 50 events', () => {
  it('is none of the protocol’s: nothing of it is told, and it is said', async () => {
    const events = Array.from({ length: 51 }, (_, index) => ({
      event: 'cart.conditions.changed',
      payload: at(index + 1),
    }))
    const says = (url: URL) => logSays(url, { cursor: 'e1:51', events })
    const { cart, heard, errors, pass } = openCart({ connect: undefined, cursor: 'e1:0' }, says)
    await pass(100)
    expect(heard).toEqual([])
    expect(errors.map(({ code }) => code)).toEqual(['check-failed'])
    expect(errors[0]?.message).toContain('at most 50 events')
    cart.stop()
  })
})

describe('a broadcast without a place, on a page that knows a log', () => {
  it('is told to nobody, which is said once, with what to send; the check is asked', async () => {
    const { cart, echo, heard, errors, asked, goLive, pass } = openCart({ cursor: 'e1:0' }, (url) => logSays(url, {}))
    goLive()
    await pass(1_000)
    const before = asked.length
    for (let count = 0; count < 3; count += 1) {
      echo.send(change({}, `by hand ${count}`))
      await pass(5_000)
    }
    expect(heard).toEqual([])
    expect(errors.map(({ code }) => code)).toEqual(['invalid-payload'])
    expect(errors[0]?.message).toContain('epoch and seq')
    expect(asked.length - before).toBe(3)
    cart.stop()
  })

  it('says nothing of it where there is no log', async () => {
    const { cart, echo, heard, errors, goLive } = openCart()
    goLive()
    echo.send(change({}, 'by hand'))
    expect([heard.length, errors]).toEqual([1, []])
    cart.stop()
  })
})

it('another trouble of the same reason is reported', async () => {
  const { echo, errors, pass } = openCart({})
  echo.become('connected')
  echo.refuse({ status: 500, type: 'AuthError', error: 'x' })
  await pass(3_000)
  echo.refuse({ status: 502, type: 'AuthError', error: 'x' })
  await pass(0)
  expect(errors.map(({ status }) => status)).toEqual([500, 502])
})
