import { describe, expect, it, onTestFinished } from 'vitest'
import { openShop } from '../support/shop'
import { watchWires } from '../support/wires'
import { holdClientsClock } from './support/clients-clock'
import { rawEcho, watch } from './support/raw-echo'

// What raw pusher-js does when Reverb turns it away in the handshake: it gives up for good, though Reverb itself leaves
// the socket open after 4004 and 4009 (core/connection/protocol/protocol.ts:104-128).

const APP = { id: '1001', key: 'cart-bed-key', secret: 'cart-bed-secret' }

describe('turned away in the handshake, pusher-js never comes again (protocol.ts getCloseAction)', () => {
  it.each([
    ['4001: an unknown key', 4001, APP, { key: 'no-such-key' }],
    ['4009: an origin that is not allowed', 4009, { ...APP, allowedOrigins: ['shop.example'] }, {}],
    ['4004: over the quota', 4004, { ...APP, maxConnections: 0 }, {}],
  ] as const)('%s', async (_what, code, app, options) => {
    const wires = watchWires()
    const shop = await openShop({ app })
    onTestFinished(() => shop.server.close())
    const clock = holdClientsClock(wires)
    const { echo, pusher } = rawEcho(shop.server, '', options)
    const { states, errors } = watch({ echo, pusher })
    await clock.until('it has given up', () => states.includes('disconnected'))
    expect(errors).toEqual([{ type: 'WebSocketError', code }])
    expect(echo.connectionStatus()).toBe('disconnected')
    await clock.pass(120_000)
    expect(states).toEqual(['disconnected'])
  })
})
