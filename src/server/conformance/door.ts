import { ask, type HttpAnswer } from './request'
import type { AuthDoor } from './target'

/** Asks an auth endpoint as pusher-js does: a form, with the session's cookie. */
export const askDoor = ({ url, cookie }: AuthDoor, fields: Readonly<Record<string, string>>): Promise<HttpAnswer> =>
  ask({
    url,
    method: 'POST',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  })
