import { expect, it } from 'vitest'
import { tabsName } from '../../src/tabs/tabs'
import { logSays, openCart } from '../support/open-cart'

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

it('a version that says other things on the bus goes by another name than that of bf168e0, which cannot read it', () => {
  const name = tabsName({ user: '1', owner: 'o', channel: null, key: null, check: null, events: [] })
  expect(name).not.toMatch(/^cart-echo\/1 /)
})

it('another trouble of the same reason is reported, as in bf168e0', async () => {
  const { echo, errors, pass } = openCart({})
  echo.become('connected')
  echo.refuse({ status: 500, type: 'AuthError', error: 'x' })
  await pass(3_000)
  echo.refuse({ status: 502, type: 'AuthError', error: 'x' })
  await pass(0)
  expect(errors.map(({ status }) => status)).toEqual([500, 502])
})

it('no timer goes on for a refresh that failed on a hidden page that listens to nothing, as in bf168e0', async () => {
  const { cart, environment, pass } = openCart({})
  cart.stop()
  cart.onRefresh(() => Promise.reject(new Error('no')))
  environment.signal('hidden')
  await Promise.allSettled([cart.refresh(), pass(60_000)])
  expect(environment.pending()).toBe(0)
})

it('the options of before are misuse, not passed over: a page would only poll', () => {
  expect(() => openCart({ connect: undefined, echo: {} } as never, (url) => logSays(url, {}))).toThrow()
})
