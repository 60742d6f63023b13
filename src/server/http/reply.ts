import type { Pace } from './pace'

/** An HTTP answer before it is written. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Buffer
  /** @default at once */
  readonly pace?: Pace | undefined
  /** Hears that the answer is on its way, or that its client has gone. */
  readonly sent?: (() => void) | undefined
}

/** The headers of an answer, by name. */
export type ReplyHeaders = Reply['headers']

/** A JSON answer. */
export const json = (status: number, value: unknown, headers: ReplyHeaders = {}): Reply => ({
  status,
  headers: { 'Content-Type': 'application/json', ...headers },
  body: JSON.stringify(value),
})

/** A plain text answer. */
export const text = (status: number, body: string): Reply => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  body,
})

/** An HTML answer. */
export const html = (status: number, body: string, headers: ReplyHeaders = {}): Reply => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers },
  body,
})

/** What makes a browser and every cache between keep nothing of a person's answer. */
export const PRIVATE: ReplyHeaders = { 'Cache-Control': 'private, no-store' }
