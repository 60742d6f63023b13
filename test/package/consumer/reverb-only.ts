// An app that names nothing of ours but cart-echo/reverb: the DOM events are typed all the same.
import { type Connector, type ReverbOptions, reverb } from 'cart-echo/reverb'

const connect: Connector = reverb({ key: 'app-key' })
reverb(null)
reverb(undefined)
const allUndefined: ReverbOptions = {
  key: 'app-key',
  host: undefined,
  port: undefined,
  scheme: undefined,
  auth: {
    endpoint: undefined,
    headers: undefined,
    bearerToken: undefined,
    credentials: undefined,
    csrfUrl: undefined,
    timeoutMs: undefined,
    fetch: undefined,
  },
}
reverb(allUndefined)
reverb({ key: 'app-key', auth: { bearerToken: async () => 'token', headers: () => ({ 'X-Shop': 'my' }) } })
reverb({ key: 'app-key', auth: { csrfUrl: null } })
// @ts-expect-error: an address or null
reverb({ key: 'app-key', auth: { csrfUrl: false } })
// @ts-expect-error: no key
reverb({})
// What an .env gives are strings, or nothing.
declare const env: Record<'key' | 'host' | 'port' | 'scheme', string | undefined>
reverb({ key: env.key ?? '', host: env.host, port: env.port, scheme: env.scheme })
// @ts-expect-error: a port is a number, as one or in words
reverb({ key: 'app-key', port: true })

// @ts-expect-error: nothing to call
connect.open()

document.addEventListener('cart-conditions-changed', ({ detail }) => detail.changes.new_total?.trim())
window.addEventListener('cart-conditions-changed', ({ detail }) => detail.changes.new_total?.trim())
document.addEventListener('cart-echo-status', ({ detail }) => detail.name === 'live')
// @ts-expect-error: there is no such key
document.addEventListener('cart-conditions-changed', ({ detail }) => detail.changes.total)
