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
