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
