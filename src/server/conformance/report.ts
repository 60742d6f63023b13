import { parseObject } from '../http/call'
import type { Happening } from './actor'
import { elideLike } from './elided'
import { normalise, rewriteJson } from './target'

/** Everything that differs, line by line; what could not be tried, by reason; and a sum. */
export const report = (findings: readonly Finding[]): string =>
  [...findings.flatMap(differenceLines), ...untriedLines(findings), sum(findings)].join('\n').concat('\n')

const differenceLines = ({ recording, section, line, verdict }: Finding): readonly string[] => {
  if (verdict.kind !== 'differs') return []
  const place = line === null ? 'end' : `line ${line}`
  return [
    `${recording}, section ${section}, ${place}:`,
    `  expected ${shown(verdict.expected)}`,
    `  got      ${shown(verdict.got)}`,
  ]
}

const shown = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)

const MAX_SHOWN = 400

/** `transcript.txt, section 8, lines 1-10: needs the application cart-bed-max1` */
const untriedLines = (findings: readonly Finding[]): readonly string[] => {
  const places = new Map<string, number[]>()
  for (const { recording, section, line, verdict } of findings) {
    if (verdict.kind !== 'untried') continue
    const place = `not tried: ${recording}, section ${section}: ${verdict.why}`
    places.set(place, [...(places.get(place) ?? []), line ?? 0])
  }
  return [...places].map(([place, lines]) => `${place} (line ${ranges(lines)})`)
}

/** `1-3, 5` */
const ranges = (lines: readonly number[]): string => {
  const starts = lines.filter((line) => !lines.includes(line - 1))
  const ends = lines.filter((line) => !lines.includes(line + 1))
  return starts.map((start, index) => (start === ends[index] ? `${start}` : `${start}-${ends[index]}`)).join(', ')
}

const sum = (findings: readonly Finding[]): string =>
  `${countOf(findings, 'same')} the same, ${countOf(findings, 'differs')} different, ${countOf(findings, 'untried')} not tried`

/** What came of one line of a recording. */
export type Verdict =
  /** The server did what was recorded. */
  | { readonly kind: 'same' }
  /** The line was something for us to do. */
  | { readonly kind: 'done' }
  | { readonly kind: 'differs'; readonly expected: string; readonly got: string }
  | { readonly kind: 'untried'; readonly why: string }

/** A verdict, and the line it is about. */
export interface Finding {
  /** Such as `transcript.txt`. */
  readonly recording: string
  readonly section: string
  /** Null: the end of a section, where nothing more may come. */
  readonly line: number | null
  readonly verdict: Verdict
}

/** The verdict on a line that should be `expected`. */
export const compare = (expected: string, got: string): Verdict =>
  expected === got ? { kind: 'same' } : { kind: 'differs', expected, got }

/** The verdict on something that was only to be done. */
export const DONE: Verdict = { kind: 'done' }

/** The verdict on what cannot be tried here. */
export const untried = (why: string): Verdict => ({ kind: 'untried', why })

/** How many verdicts there are of a kind. */
export const countOf = (findings: readonly Finding[], kind: Verdict['kind']): number =>
  findings.filter(({ verdict }) => verdict.kind === kind).length

/** What happened, in the words of the recorder beside the recorded line `like`. */
export const describeHappening = (socket: string, happening: Happening | null, like: string): string => {
  if (!happening) return `${socket}: nothing`
  return normalise(`${socket} ${wordsFor(happening, like)}`)
}

/** A recorded line, in the same words. */
export const describeRecorded = (recorded: string): string => {
  const line = recorded.replace(/^(\S+)\s+/, '$1 ').trim()
  const [, start = '', frame] = /^(\S+ <- )(\{.*)$/.exec(line) ?? []
  return normalise(frame === undefined ? line : start + rewriteJson(frame).replace(/ bytes\)$/, ' chars)'))
}

const wordsFor = (happening: Happening, like: string): string => {
  switch (happening.kind) {
    case 'upgrade':
      return `UPGRADE 101 ${JSON.stringify(headersLike(like, happening.headers))}`
    case 'refused':
      return `HTTP ${happening.status} {} ${happening.body}`
    case 'frame':
      return `<- ${elideLike(like, rewriteJson(happening.text))}`
    case 'ping':
      return '<- [ws PING control]'
    case 'pong':
      return `<- [ws PONG control frame] ${happening.payload}`
    case 'error':
      return `ERROR ${happening.message}`
    case 'close':
      return `CLOSE ${happening.code} ${JSON.stringify(happening.reason)}`
  }
}

/** Only the headers that were recorded: proxies and servers add their own. */
const headersLike = (like: string, headers: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const names = Object.keys(parseObject(like.slice(Math.max(0, like.indexOf('{')))))
  return Object.fromEntries(names.map((name) => [name, headers[name]]))
}
