import type { Call } from './call'

/**
 * True when the client wants errors as JSON and not as a page: it accepts JSON first of all, or it is a script (an
 * `X-Requested-With` header) that takes anything. Source: Laravel, `Request::expectsJson`.
 */
export const expectsJson = (call: Call): boolean => {
  const accepted = (call.headers.accept ?? '').split(',', 1)[0] ?? ''
  const [type = ''] = accepted.split(';', 1)
  if (/[/+]json$/i.test(type.trim())) return true
  return call.headers['x-requested-with'] === 'XMLHttpRequest' && ['', '*/*', '*'].includes(type.trim())
}
