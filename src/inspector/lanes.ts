import type { Connection } from '../engine/state'
import type { Entry } from '../trace/entries'
import { lineOf } from './line'

/** The lanes of the timeline, from top to bottom; above them is the connection. */
export const LANES = ['published', 'heard', 'asked', 'told', 'refreshed'] as const

/** The name of a lane. */
export type Lane = (typeof LANES)[number]

/** Something at one moment. Its kind is its shape. */
export interface Mark {
  readonly lane: Lane
  readonly kind:
    | 'published'
    | 'socket'
    | 'tab'
    | 'check'
    | 'duplicate'
    | 'unreadable'
    | 'gap'
    | 'resync'
    | 'reset'
    | 'skipped'
  readonly atMs: number
  readonly words: string
}

/** Something that lasts; `toMs` is null while it does. In the lane `connection` it is a state. */
export interface Span {
  readonly lane: Lane | 'connection'
  readonly kind: 'gap' | 'ask' | 'refresh' | 'failed' | Connection['name']
  readonly fromMs: number
  readonly toMs: number | null
  readonly words: string
}

/** What a timeline shows. */
export interface Drawing {
  readonly marks: readonly Mark[]
  readonly spans: readonly Span[]
  /** Across all lanes: another tab leads. */
  readonly cuts: readonly { readonly atMs: number; readonly words: string }[]
  /** From when a change was published to when it was told. */
  readonly links: readonly { readonly fromMs: number; readonly toMs: number }[]
}

/** What is known beside the entries. */
export interface Around {
  /** The connection before the oldest entry. */
  readonly before: Connection | null
  /** What is added to the server's time for this machine's; null: not known, so nothing is drawn as published. */
  readonly offsetMs: number | null
}

/** Draws entries, in their order. */
export const drawLanes = (entries: readonly Entry[], { before, offsetMs }: Around): Drawing => {
  const marks: Mark[] = []
  const spans: Span[] = []
  const cuts: { atMs: number; words: string }[] = []
  const links: { fromMs: number; toMs: number }[] = []
  const running = new Map<string, Span[]>()
  const startMs = entries[0]?.atMs ?? 0

  const begin = (what: string, span: Omit<Span, 'toMs'>): void => {
    running.set(what, [...(running.get(what) ?? []), { ...span, toMs: null }])
  }

  /** Ends the oldest that runs, which began `tookMs` ago where its beginning is forgotten. */
  const end = (what: string, atMs: number, last: Partial<Span> = {}): void => {
    const [span, ...others] = running.get(what) ?? []
    running.set(what, others)
    if (span) spans.push({ ...span, ...last, fromMs: span.fromMs, toMs: atMs })
    else if (last.lane && last.kind && last.fromMs !== undefined)
      spans.push({ lane: last.lane, kind: last.kind, fromMs: last.fromMs, words: last.words ?? '', toMs: atMs })
  }

  const connect = (connection: Connection, atMs: number): void => {
    end('connection', atMs)
    begin('connection', {
      lane: 'connection',
      kind: connection.name,
      fromMs: atMs,
      words: `${connection.name}: ${connection.reason}`,
    })
    // What was under way has ended with the session.
    if (connection.name === 'idle') for (const what of ['ask', 'gap', 'refresh']) if (running.get(what)) end(what, atMs)
  }

  if (before) connect(before, startMs)
  for (const entry of entries) {
    const { atMs, name } = entry
    const words = lineOf(entry)
    if (name === 'connection') connect(entry.connection, atMs)
    else if (name === 'heard') marks.push({ lane: 'heard', kind: entry.way, atMs, words })
    else if (name === 'duplicate' || name === 'unreadable') marks.push({ lane: 'heard', kind: name, atMs, words })
    else if (name === 'other-cart') marks.push({ lane: 'heard', kind: 'skipped', atMs, words })
    else if (name === 'gap') {
      marks.push({ lane: 'heard', kind: 'gap', atMs, words })
      if (!running.get('gap')?.length) begin('gap', { lane: 'heard', kind: 'gap', fromMs: atMs, words })
    } else if (name === 'filled' || name === 'forgotten') end('gap', atMs)
    else if (name === 'told') {
      marks.push({ lane: 'told', kind: entry.way, atMs, words })
      if (entry.sentAtMs === null || offsetMs === null) continue
      const fromMs = Math.min(atMs, entry.sentAtMs + offsetMs)
      marks.push({
        lane: 'published',
        kind: 'published',
        atMs: fromMs,
        words: `Published ${entry.place ?? entry.event}`,
      })
      links.push({ fromMs, toMs: atMs })
    } else if (name === 'resync') marks.push({ lane: 'asked', kind: 'resync', atMs, words })
    else if (name === 'asked') begin('ask', { lane: 'asked', kind: 'ask', fromMs: atMs, words })
    else if (name === 'answered') {
      if (entry.tookMs === null) marks.push({ lane: 'asked', kind: 'check', atMs, words })
      else end('ask', atMs, { lane: 'asked', kind: 'ask', fromMs: atMs - entry.tookMs, words })
    } else if (name === 'unanswered')
      end('ask', atMs, { lane: 'asked', kind: 'failed', fromMs: atMs - (entry.tookMs ?? 0), words })
    else if (name === 'reset') {
      marks.push({ lane: 'told', kind: 'reset', atMs, words })
      if (running.get('gap')?.length) end('gap', atMs)
    } else if (name === 'refresh') {
      if (entry.phase === 'begun') begin('refresh', { lane: 'refreshed', kind: 'refresh', fromMs: atMs, words })
      else if (entry.phase === 'skipped') marks.push({ lane: 'refreshed', kind: 'skipped', atMs, words })
      else end('refresh', atMs, { kind: entry.phase === 'done' ? 'refresh' : 'failed', words })
    } else if (name === 'handed-over') cuts.push({ atMs, words })
  }
  return { marks, spans: [...spans, ...[...running.values()].flat()], cuts, links }
}
