import { isObject, parseJson } from '../http/call'
import { type EntryPatterns, type RecordedSection, readByPatterns, readLines } from './recording'

/** What a line of transcript.txt means. `socket` is the recorder's name for a connection, such as `A2`. */
export type TranscriptEntry =
  | { readonly kind: 'upgrade'; readonly socket: string; readonly headers: string }
  | { readonly kind: 'heard'; readonly socket: string; readonly frame: string }
  | { readonly kind: 'heard-pong'; readonly socket: string }
  | { readonly kind: 'said'; readonly socket: string; readonly frame: string }
  | { readonly kind: 'said-ping'; readonly socket: string; readonly payload: string }
  | { readonly kind: 'closed'; readonly socket: string; readonly code: number }
  | { readonly kind: 'refused'; readonly socket: string }
  | { readonly kind: 'failed'; readonly socket: string }
  | { readonly kind: 'ready-state'; readonly socket: string; readonly state: number }
  | { readonly kind: 'auth'; readonly signature: string }
  | { readonly kind: 'published'; readonly pad: number; readonly answer: string }
  | { readonly kind: 'answered'; readonly call: string; readonly status: number; readonly body: string }
  | { readonly kind: 'note'; readonly text: string }

const PATTERNS: EntryPatterns<TranscriptEntry> = [
  [/^\((.*)\)$/, (text = '') => ({ kind: 'note', text })],
  [/^HTTP POST \/broadcasting\/auth .*:([0-9a-f]{64})"/, (signature = '') => ({ kind: 'auth', signature })],
  [/^publish pad=(\d+) (.*)$/, (pad, answer = '') => ({ kind: 'published', pad: Number(pad), answer })],
  [/^(\w+) UPGRADE 101 (.*)$/, (socket = '', headers = '') => ({ kind: 'upgrade', socket, headers })],
  [/^(\w+) <- \[ws PONG control frame\] .*$/, (socket = '') => ({ kind: 'heard-pong', socket })],
  [
    /^(\w+) -> \[ws PING control frame\] "(.*)"$/,
    (socket = '', payload = '') => ({ kind: 'said-ping', socket, payload }),
  ],
  [/^(\w+) <- (.*)$/, (socket = '', frame = '') => ({ kind: 'heard', socket, frame })],
  [/^(\w+) -> (.*)$/, (socket = '', frame = '') => ({ kind: 'said', socket, frame })],
  [/^(\w+) CLOSE (\d+) ".*"$/, (socket = '', code) => ({ kind: 'closed', socket, code: Number(code) })],
  [/^(\w+) HTTP \d+ .*$/, (socket = '') => ({ kind: 'refused', socket })],
  [/^(\w+) ERROR .*$/, (socket = '') => ({ kind: 'failed', socket })],
  [/^(\w+) readyState (\d)/, (socket = '', state) => ({ kind: 'ready-state', socket, state: Number(state) })],
  [
    /^(.+?):? (\d{3}) (.*)$/,
    (call = '', status, body = '') => ({ kind: 'answered', call, status: Number(status), body }),
  ],
]

/**
 * Reads transcript.txt: what was said and heard on every connection, in sections.
 * @throws {Error} when a line cannot be read
 */
export const readTranscript = (text: string): readonly RecordedSection<TranscriptEntry>[] =>
  text
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...lines] = section.split('\n')
      const [, name = '', title = ''] = /^(\w+)\. (.*)$/.exec(heading) ?? []
      return { name, title, lines: readLines(lines, readByPatterns(PATTERNS)) }
    })

/** What a line of keep-alive.txt means. `socket` says what that client does: `answers-pusher:pong`. */
export type KeepAliveEntry =
  | { readonly kind: 'greeted'; readonly socket: string }
  | { readonly kind: 'subscribed'; readonly socket: string; readonly channel: string }
  | { readonly kind: 'heard'; readonly socket: string }
  | { readonly kind: 'answered'; readonly socket: string }
  | { readonly kind: 'states'; readonly states: readonly number[] }

const KEEP_ALIVE_PATTERNS: EntryPatterns<KeepAliveEntry> = [
  [/^states ([\d,]+)$/, (states = '') => ({ kind: 'states', states: states.split(',').map(Number) })],
  [/^(\S+)\s+<- .*pusher:connection_established/, (socket = '') => ({ kind: 'greeted', socket })],
  [
    /^(\S+)\s+<- .*:subscription_succeeded.*"channel":"([^"]+)"/,
    (socket = '', channel = '') => ({ kind: 'subscribed', socket, channel }),
  ],
  [/^(\S+)\s+-> pusher:pong$/, (socket = '') => ({ kind: 'answered', socket })],
  [/^(\S+)\s+(?:<-|CLOSE) .*$/, (socket = '') => ({ kind: 'heard', socket })],
]

/**
 * Reads keep-alive.txt: what six clients heard in three and a half minutes.
 * @throws {Error} when a line cannot be read
 */
export const readKeepAlive = (text: string): RecordedSection<KeepAliveEntry> => ({
  name: 'keep-alive',
  title: 'who is pinged, who is ended',
  lines: readLines(text.split('\n'), readByPatterns(KEEP_ALIVE_PATTERNS)),
})

/** A line of auth.txt: what was asked, in the recorder's words, and the answer. */
export interface AuthEntry {
  readonly call: string
  readonly answer: string
}

const ROW = /^(.+?)\s{2,}(\d{3}) (\S+(?:; charset=\S+)?) {2}(.*)$/

/**
 * Reads auth.txt: one call of the auth endpoint in each row, and two preflights as they came from the socket.
 * @throws {Error} when a line cannot be read
 */
export const readAuth = (text: string): RecordedSection<AuthEntry> => {
  const [rows = '', ...dumps] = text.split(/^(?=CORS )/m)
  const entries = [
    ...rows
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(readRow),
    ...dumps.map(readDump),
  ]
  return {
    name: 'auth',
    title: 'who may hear which channel',
    lines: entries.map((entry, index) => ({ number: index + 1, atS: 0, text: entry.call, entry })),
  }
}

const readRow = (line: string): AuthEntry => {
  const [, call, status = '', type = '', body = ''] = ROW.exec(line) ?? []
  if (call === undefined) throw new Error(`This line of a recording cannot be read: ${line}`)
  return { call, answer: authAnswer(Number(status), type, body) }
}

const readDump = (dump: string): AuthEntry => {
  const [call = '', statusLine = '', ...headers] = dump.trim().split(/\r?\n/)
  return { call: call.replace(/:$/, ''), answer: corsAnswer(Number(statusLine.split(' ')[1]), headers) }
}

/**
 * An answer as it is compared. Of pages only the first tags count, of members only their ids: names are the shop's.
 */
export const authAnswer = (status: number, contentType: string, body: string): string => {
  const [flat] = body.replace(/\s+/g, ' ').split(String.raw`\"name\"`)
  const page = /^<!DOCTYPE html> <html lang="en"/i.exec(flat ?? '')?.[0]
  const value = parseJson(flat ?? '')
  return `${status} ${contentType.toLowerCase()} ${page ?? (isObject(value) ? JSON.stringify(value) : flat)}`
}

/** A preflight's answer as it is compared: the headers of CORS, whatever else the server adds. */
export const corsAnswer = (status: number, headers: readonly string[]): string => {
  const counted = headers
    .filter((header) => /^(access-control-|vary:)/i.test(header))
    .map((header) => header.toLowerCase())
  return [status, ...counted.sort()].join(' | ')
}
