/** What came of looking where to add something to a file that the app has. */
export type Edit =
  | { readonly kind: 'edited'; readonly text: string }
  /** It stands there already. */
  | { readonly kind: 'there' }
  /** It is not certain where it belongs: a person has to put it there. `why` is a sentence without its full stop. */
  | { readonly kind: 'unsure'; readonly why: string }

/** That something stands there already. */
export const THERE: Edit = { kind: 'there' }

/** That a person has to do it. */
export const unsure = (why: string): Edit => ({ kind: 'unsure', why })
