/** Text with places to fill, such as `{name} has ended.`, or a function that gives the text: of a plural, say. */
export type NoticeTemplate<Values> = string | ((values: Values) => string)

/** Longer than any message or name of a shop; what is longer is meant to do harm, or a mistake. */
const LONGEST = 300

// Among them the marks that turn the direction of what follows: a name could make another total of the one beside it.
const UNSPEAKABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu

/** What may be shown of a value from outside: one line of text, not too long; null where there is none. Never throws. */
export const readable = (value: unknown): string | null => {
  if (typeof value !== 'string') return null
  const line = value
    .slice(0, LONGEST + 1)
    .replace(UNSPEAKABLE, ' ')
    .trim()
  if (line === '') return null
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line
}

/**
 * The template with its places filled; null where a value that it names is not known, where it throws or gives no text. What is filled in is
 * not looked at for further places. Never throws.
 */
export const fill = <Values extends object>(template: NoticeTemplate<Values>, values: Values): string | null => {
  try {
    const text = typeof template === 'function' ? template(values) : fillPlaces(template, values)
    return typeof text === 'string' && text.trim() !== '' ? text : null
  } catch {
    return null
  }
}

const fillPlaces = (template: string, values: object): string | null => {
  let isKnown = true
  const text = template.replace(/\{(\w+)\}/g, (_place, key: string) => {
    const value = Object.hasOwn(values, key) ? (values as Record<string, unknown>)[key] : null
    isKnown &&= value !== null && value !== undefined
    return String(value)
  })
  return isKnown ? text : null
}
