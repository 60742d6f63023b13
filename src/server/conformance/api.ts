import { createHash } from 'node:crypto'
import { sign } from '../reverb/signature'
import { ask, type HttpAnswer } from './request'
import type { Credentials } from './target'

/** A signed call of the HTTP API. */
export interface ApiCall {
  readonly method: string
  /** Below `/apps/{id}`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>> | undefined
  readonly body?: unknown
}

/** Calls the HTTP API as publishers do. Source: Pusher HTTP API. */
export const callApi = (httpUrl: string, { id, key, secret }: Credentials, call: ApiCall): Promise<HttpAnswer> => {
  const body = call.body === undefined ? '' : JSON.stringify(call.body)
  const path = `/apps/${id}${call.path}`
  const params: Record<string, string> = {
    ...call.query,
    auth_key: key,
    auth_timestamp: String(Math.floor(Date.now() / 1_000)),
    auth_version: '1.0',
    ...(body !== '' && { body_md5: createHash('md5').update(body).digest('hex') }),
  }
  const query = Object.keys(params)
    .sort()
    .map((name) => `${name}=${params[name]}`)
    .join('&')
  const signature = sign(secret, [call.method, path, query].join('\n'))
  return ask({
    url: `${httpUrl}${path}?${query}&auth_signature=${signature}`,
    method: call.method,
    headers: body === '' ? {} : { 'content-type': 'application/json' },
    body,
  })
}
