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
// What a build tool makes of .env is a string, or is not there.
declare const env: Readonly<Record<string, string | undefined>>
reverb({ key: env.REVERB_APP_KEY ?? '', host: env.REVERB_HOST, port: env.REVERB_PORT, scheme: env.REVERB_SCHEME })
// @ts-expect-error: neither a number nor a string
reverb({ key: 'app-key', port: true })

// @ts-expect-error: nothing to call
connect.open()

document.addEventListener('cart-conditions-changed', ({ detail }) => detail.changes.new_total?.trim())
window.addEventListener('cart-conditions-changed', ({ detail }) => detail.changes.new_total?.trim())
document.addEventListener('cart-echo-status', ({ detail }) => detail.name === 'live')
// @ts-expect-error: there is no such key
document.addEventListener('cart-conditions-changed', ({ detail }) => detail.changes.total)
