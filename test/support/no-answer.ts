import type { NoAnswer } from '../../src/engine/answer'

/** A response of the check that is no answer. */
export const noAnswer = (name: NoAnswer['name'], status: number, more: Partial<NoAnswer> = {}): NoAnswer =>
  ({ detail: '', retryAfterMs: 0, ...more, name, status }) as NoAnswer
