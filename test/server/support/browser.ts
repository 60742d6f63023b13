import { request } from 'node:http'
import type { Id } from '../../../src/engine/events'
import { askAnew } from '../../support/ask-anew'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; undefined when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read deep into what they expect
  readonly json: any
}

/** A browser as far as the server can tell: it keeps cookies and accepts JSON. */
export const openBrowser = (url: string) => {
  const cookies = new Map<string, string>()
  let csrf = ''

  const send = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const headers = new Headers({ accept: 'application/json', cookie: cookieHeader(cookies) })
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
    const response = await askAnew(url + path, { redirect: 'manual', ...init, headers })
    for (const cookie of response.headers.getSetCookie()) keep(cookies, cookie)
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: parse(text) }
  }

  const post = (path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> =>
    send(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'x-csrf-token': csrf, ...headers },
    })

  const remember = (answer: Answer): Answer => {
    csrf = answer.json?.csrf_token ?? csrf
    return answer
  }

  return {
    cookies,
    send,
    get: (path: string, headers: Record<string, string> = {}) => send(path, { headers }),
    post,
    logIn: async (customer: Id) => {
      remember(await send('/session'))
      return remember(await post('/login', { customer }))
    },
    logOut: async () => remember(await post('/logout')),
  }
}

export type Browser = ReturnType<typeof openBrowser>

/** A browser that is logged in as a customer. */
export const browserOf = async (url: string, customer: Id): Promise<Browser> => {
  const browser = openBrowser(url)
  await browser.logIn(customer)
  return browser
}

/** A request with headers and paths that `fetch` would not let through. */
export const rawRequest = (
  url: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const { method = 'GET', headers = {}, body = '' } = options
    const outgoing = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    outgoing.on('error', reject).end(body)
  })

const cookieHeader = (cookies: ReadonlyMap<string, string>): string =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

const keep = (cookies: Map<string, string>, header: string): void => {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
  cookies.set(name, value)
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
