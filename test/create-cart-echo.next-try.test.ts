import { describe, expect, it } from 'vitest'
import { logSays, openCart } from './support/open-cart'
import { openShopperTabs } from './support/shopper-tabs'

const failing = () => new Response('{}', { status: 500, headers: { 'Content-Type': 'application/json' } })

describe('nextTryAtMs', () => {
  it('is null while nobody looks, where the check failed', async () => {
    const { cart, environment, pass } = openCart({ connect: undefined }, failing)
    await pass(10)
    expect(cart.nextTryAtMs()).not.toBeNull()
    environment.signal('hidden')
    await pass(600_000)
    expect(cart.connection.get().name).toBe('waiting')
    expect([cart.nextTryAtMs(), environment.nowMs()]).toEqual([null, environment.nowMs()])
  })
  it('is never long past, where the authorisation is tried once more', async () => {
    const { cart, environment, echo, pass } = openCart({})
    echo.become('connected')
    echo.refuse({ status: 500, type: 'AuthError', error: 'x' })
    await pass(0)
    const at = cart.nextTryAtMs() as number
    expect(at).toBeGreaterThan(environment.nowMs())
    await pass(at - environment.nowMs() + 5_000)
    expect(cart.connection.get().reason).toBe('authorisation-failed')
    expect(cart.nextTryAtMs()).toBeNull()
  })
  it('is not past while the check is being asked', async () => {
    let hang = false
    const { cart, environment, pass } = openCart({ connect: undefined }, (url) =>
      hang ? new Promise(() => undefined) : logSays(url, {}),
    )
    await pass(100)
    hang = true
    const at = cart.nextTryAtMs() as number
    expect(at).toBeGreaterThan(environment.nowMs())
    await pass(at - environment.nowMs() + 5_000)
    expect(cart.connection.get().name).toBe('polling')
    expect(cart.nextTryAtMs() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(environment.nowMs())
  })
  it('in a follower is that of the leader, at all times', async () => {
    const tabs = openShopperTabs()
    const a = tabs.open({ hasLive: false })
    await tabs.pass(1_000)
    const b = tabs.open({ hasLive: false })
    await tabs.pass(2_000)
    const pairs: unknown[] = []
    for (let i = 0; i < 60; i += 1) {
      await tabs.pass(3_100)
      pairs.push([a.cart.nextTryAtMs(), b.cart.nextTryAtMs()])
      expect(b.cart.nextTryAtMs()).toBe(a.cart.nextTryAtMs())
    }
    a.cart.stop()
    expect(a.cart.nextTryAtMs()).toBeNull()
    await tabs.pass(3_000)
    expect(b.cart.nextTryAtMs()).toBeGreaterThan(tabs.clock.nowMs())
    b.cart.identify({ user: 2, owner: 'x' })
    expect(b.cart.connection.get().name).toBe('connecting')
    expect(b.cart.nextTryAtMs()).toBeNull()
  })
  it('not when identify closes', async () => {
    const { cart, pass } = openCart({ connect: undefined }, failing)
    await pass(10)
    cart.identify({ user: 1, enabled: false })
    expect([cart.connection.get().name, cart.nextTryAtMs()]).toEqual(['idle', null])
    cart.identify({ user: 1, enabled: true })
    await pass(10)
    expect(cart.nextTryAtMs()).not.toBeNull()
    cart.identify({ user: null })
    expect([cart.connection.get().name, cart.nextTryAtMs()]).toEqual(['idle', null])
  })
  it('is right in the listener', async () => {
    const said: unknown[] = []
    const opened = openCart({ connect: undefined }, failing)
    opened.cart.connection.subscribe(({ name }) => said.push([name, opened.cart.nextTryAtMs() === null]))
    await opened.pass(10)
    expect(said.at(-1)).toEqual(['waiting', false])
  })
})

it('nextTryAtMs after the first session-over says when the second ask is', async () => {
  let over = false
  const asked: number[] = []
  const opened = openCart({ connect: undefined }, (url) => {
    asked.push(opened.environment.nowMs())
    return over
      ? new Response('{}', { status: 401, headers: { 'Content-Type': 'application/json' } })
      : logSays(url, {})
  })
  const { cart, environment, pass } = opened
  await pass(100)
  over = true
  await pass((cart.nextTryAtMs() as number) - environment.nowMs() + 1)
  const said = cart.nextTryAtMs()
  const before = asked.length
  await pass(20_000)
  expect(said).toBe(asked[before])
})
