import { type IncomingHttpHeaders, request } from 'node:http'
import { request as secureRequest } from 'node:https'

/** What is asked over HTTP. */
export interface Question {
  readonly url: string
  readonly method?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

/** What was answered. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/**
 * Asks over a connection of its own, with no headers but those given: what `fetch` adds would change the answer.
 * Rejects when nothing is there.
 */
export const ask = ({ url, method = 'GET', headers = {}, body = '' }: Question): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    const open = url.startsWith('https:') ? secureRequest : request
    const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const outgoing = open(url, { method, headers: { ...headers, ...length }, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode: status = 0, headers: answered } = response
        resolve({ status, headers: answered, body: Buffer.concat(chunks).toString('utf8') })
      })
    })
    outgoing.on('error', reject).end(body)
  })
