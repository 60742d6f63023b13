// An app that asks: with a socket, and without one.
import {
  type CartEcho,
  CartEchoError,
  type CheckOptions,
  type CheckRequest,
  type CheckResult,
  type CheckSettings,
  createCartEcho,
  type PageIdentity,
  type Provided,
  type Refresh,
  type RefreshOptions,
  type RefreshRequest,
  readPage,
  type Signal,
} from 'cart-echo'

// The check: an address, what the page says, or more about it.
const cart: CartEcho = createCartEcho({
  check: '/api/cart/check-updates',
  guest: true,
  owner: 'h7Qk',
  cursor: 'b7f3:17',
})
createCartEcho({ ...readPage(), check: '/api/cart/check-updates' })
const { check } = readPage()
const everyMs: number | false | undefined = check?.intervalMs
if (check) createCartEcho({ check: { ...check, auditMs: 60_000 } })
const allUndefined: CheckSettings = {
  url: '/check',
  headers: undefined,
  credentials: undefined,
  fetch: undefined,
  intervalMs: undefined,
  auditMs: undefined,
  timeoutMs: undefined,
}
const request: CheckRequest = allUndefined
const headers: Provided<Record<string, string>> = async () => ({ Authorization: 'Bearer …' })
createCartEcho({ check: allUndefined })
createCartEcho({ check: { url: '/check', headers, credentials: 'include', fetch, timeoutMs: 5_000 } })
createCartEcho({ check: { url: '/check', headers: { 'X-Shop': 'my' } }, connect: undefined })
// @ts-expect-error: no address
createCartEcho({ check: {} })
// @ts-expect-error: an address is a string
createCartEcho({ check: new URL('https://shop.example/check') })
// @ts-expect-error: misspelt
createCartEcho({ check: { url: '/check', interval: 30_000 } })
// @ts-expect-error: no such credentials
createCartEcho({ check: { url: '/check', credentials: 'always' } })
// @ts-expect-error: a header is a string
createCartEcho({ check: { url: '/check', headers: { 'X-Shop': 7 } } })
const guest: PageIdentity = { guest: true }
cart.identify(guest)
// @ts-expect-error: true or false
cart.identify({ guest: 'yes' })

// Before checkout.
const confirm = async (options?: CheckOptions): Promise<string> => {
  try {
    const { found, confirmedAtMs }: CheckResult = await cart.check(options)
    return found > 0 ? 'It changed.' : `Right as of ${new Date(confirmedAtMs).toISOString()}.`
  } catch (error) {
    if (!(error instanceof CartEchoError)) throw error
    // @ts-expect-error: misspelt
    if (error.code === 'check-fails') return ''
    return error.code === 'session-over' ? 'Log in again.' : `${error.code}: ${error.status ?? 'no answer'}`
  }
}
void confirm()
void confirm({})
void confirm({ maxAgeMs: undefined, signal: undefined })
void confirm({ maxAgeMs: 5_000, signal: AbortSignal.timeout(3_000) })
void confirm({ signal: new AbortController().signal })
// @ts-expect-error: milliseconds
void confirm({ maxAgeMs: '5s' })
// @ts-expect-error: its signal, not the controller
void confirm({ signal: new AbortController() })
const spoil = (checked: CheckResult): void => {
  // @ts-expect-error: read-only
  checked.found = 0
}

// Reading the cart anew: the signal is the platform's own, and goes straight to fetch.
const refresh: Refresh = async ({ cursor, signal }: RefreshRequest) => {
  const since: string | null = cursor
  const own: AbortSignal = signal
  const theirs: Signal = own
  const answer = await fetch(`/api/cart?since=${since ?? ''}`, { signal })
  theirs.throwIfAborted()
  return answer.headers.get('X-Cursor')
}
const options: RefreshOptions = { settleMs: undefined, spreadMs: undefined }
const off: () => void = cart.onRefresh(refresh)
off()
cart.onRefresh(refresh, options)
cart.onRefresh(() => {}, { settleMs: 100, spreadMs: 0 })
cart.onRefresh(() => location.reload())
// @ts-expect-error: milliseconds
cart.onRefresh(refresh, { spreadMs: '2s' })
// @ts-expect-error: there is no such key
cart.onRefresh(({ since }) => since)
const done: Promise<void> = cart.refresh()

// What came by a bare check says so.
cart.on('cart.conditions.changed', (change, { via, bare }) => {
  const isBare: true | undefined = bare
  if (isBare && via === 'check') console.log(change.message)
})

export { done, everyMs, request, spoil }
