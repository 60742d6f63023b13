import type { Change } from '../engine/events'
import { readLanguage } from './language'
import { ENGLISH, formFor, type NoticeMessages, type NoticeValues } from './messages'

/** A text and its language; null: the page's. */
interface Said {
  readonly text: string
  readonly lang: string | null
}

/** One line of a notice. */
export interface Line extends Said {
  readonly part: 'headline' | 'what' | 'total' | 'more'
}

/** The text of a notice. */
export interface Words {
  /** The key of the newest change with a message. With another key, the same text is announced again. */
  readonly of: string | null
  readonly lines: readonly Line[]
  readonly label: Said
  readonly dismiss: Said
}

/** The news keeps this many changes: there may have been more. */
const UNCOUNTED = 20

/**
 * What a notice says about changes, oldest first: the newest message, the promotion and the total unless the message names
 * them, and how many other changes there were. The total is the newest of all that is `unread`, also of changes that the page shows itself: only that one
 * is true. Null when no change has a message: then the server wants nothing shown. Never throws.
 */
export const say = (
  changes: readonly Change[],
  messages: NoticeMessages = {},
  unread: readonly Change[] = changes,
): Words | null => {
  const told = changes.map(read)
  const speaking = told.filter(({ message }) => message !== null)
  const newest = speaking.at(-1)
  if (!newest) return null
  const total =
    unread
      .map((one) => read(one).total)
      .filter((one) => one !== null)
      .at(-1) ?? null
  const values: NoticeValues = { ...valuesOf(newest), total }
  const headline = headlineOf(newest, values, messages)
  return {
    of: newest.key,
    lines: [
      { part: 'headline' as const, ...headline },
      ...lineOf('what', isNamedIn(headline.text, values.name) ? null : whatOf(newest, values, messages)),
      ...lineOf('total', isNamedIn(headline.text, total) ? null : word(messages, 'total', values)),
      ...lineOf('more', moreOf(speaking.length - 1, changes.length, messages)),
    ],
    label: fixed(messages, 'label'),
    dismiss: fixed(messages, 'dismiss'),
  }
}

/** The lines as one text, for a page that shows it elsewhere. */
export const textOf = ({ lines }: Words): string =>
  lines.map(({ text }, index) => (index === lines.length - 1 ? text : ended(text))).join(' ')

interface Told extends NoticeValues {
  readonly action: unknown
  readonly code: unknown
  readonly locale: string | null
  readonly key: string | null
}

// A custom event may hold anything. A `message`, even an empty one, means that something is to be shown.
const read = ({ change, meta }: Change): Told & { readonly message: string | null } => {
  const { message, changes, cart_echo } = change as unknown as Readonly<Record<string, unknown>>
  const [what, block] = [recordOf(changes), recordOf(cart_echo)]
  const [condition] = Array.isArray(what.conditions) ? what.conditions.map(recordOf) : []
  const removed = readable(what.condition_removed)
  return {
    message: typeof message === 'string' ? (readable(message) ?? '') : null,
    name: removed ?? readable(condition?.display_name),
    action: removed === null ? condition?.action : 'removed',
    total: readable(what.new_total),
    subtotal: readable(what.new_subtotal),
    savings: readable(what.savings),
    code: block.code,
    locale: readLanguage(block.locale),
    key: meta.key,
  }
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}

const valuesOf = ({ message, name, total, subtotal, savings }: Told): NoticeValues => ({
  message: message || null,
  name,
  total,
  subtotal,
  savings,
})

const headlineOf = ({ code, locale }: Told, values: NoticeValues, messages: NoticeMessages): Said => {
  const { lang = null } = messages
  const codes = recordOf(messages.codes)
  const template = typeof code === 'string' && Object.hasOwn(codes, code) ? codes[code] : undefined
  const own = template ? fill(template as NoticeTemplate<NoticeValues>, values) : null
  if (own !== null) return { text: own, lang: readLanguage(lang) }
  if (values.message !== null) return { text: values.message, lang: locale }
  return word(messages, 'changed', values) ?? fixed({}, 'changed')
}

const whatOf = ({ action }: Told, values: NoticeValues, messages: NoticeMessages): Said | null =>
  action === 'removed' || action === 'added' ? word(messages, action, values) : null

const moreOf = (count: number, kept: number, messages: NoticeMessages): Said | null => {
  if (count === 0) return null
  if (kept >= UNCOUNTED) return word(messages, 'many', {})
  const { more, lang } = messages
  const form = typeof more === 'object' && more ? formFor(count, more, readLanguage(lang)) : more
  return word({ ...messages, more: form }, 'more', { count })
}

const lineOf = (part: Line['part'], said: Said | null): Line[] => (said ? [{ part, ...said }] : [])

type Word = keyof typeof ENGLISH

/** The shop's text, else the English one. Null when the shop wants none, or a value that it names is not known. */
const word = (messages: NoticeMessages, key: Word, values: object): Said | null => {
  const own = messages[key] as NoticeTemplate<object> | undefined
  if (own === '') return null
  const text = own === undefined ? null : fill(own, values)
  if (text !== null) return { text, lang: readLanguage(messages.lang) }
  const english = fill(ENGLISH[key] as NoticeTemplate<object>, values)
  return english === null ? null : { text: english, lang: 'en' }
}

/** A text without values that is always there: an element without a name cannot be found by screen reader. */
const fixed = (messages: NoticeMessages, key: 'label' | 'dismiss' | 'changed'): Said =>
  word(messages, key, {}) ?? { text: String(ENGLISH[key]), lang: 'en' }

/** The text with a full stop unless it ends in punctuation, so that a screen reader pauses there. */
export const ended = (text: string): string => (/\p{P}$/u.test(text) ? text : `${text}.`)

/**
 * True when a text contains a value: a name in any case, an amount with any spaces; but not as a part of a longer word or number. True also for null:
 * there is nothing to add then.
 */
const isNamedIn = (text: string, value: string | null): boolean => {
  if (value === null) return true
  // A name may hold any characters, so each is escaped.
  const signs = [...value]
    .filter((sign) => sign.trim() !== '')
    .map((sign) => sign.replace(/[\^$\\.*+?()[\]{}|/]/, '\\$&'))
  const places = [...text.matchAll(new RegExp(signs.join('\\s*'), 'giu'))]
  return places.some(({ 0: found, index }) => {
    const [before, after] = [text.slice(0, index), text.slice(index + found.length)]
    return !CUTS.some(
      ([end, start]) => (end.test(before) && start.test(found)) || (end.test(found) && start.test(after)),
    )
  })
}

// What continues across a boundary: digits with their separators, spaces too; letters in scripts that write spaces between words.
const CUTS = [
  [/\d[.,'’\s]?$/, /^[.,'’\s]?\d/],
  [/\p{LC}\p{M}*$/u, /^\p{LC}/u],
] as const

/** A text with placeholders, such as `{name} has ended.`, or a function that returns the text, such as for plurals. */
export type NoticeTemplate<Values> = string | ((values: Values) => string)

/** Longer than any real message or name; anything longer is a mistake or an attack. */
const LONGEST = 300

// Control characters, including those that change the text direction: a name could garble the total beside it.
const UNSPEAKABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu

/** A string from outside as one line of text, shortened if it is too long; null when nothing is left. Never throws. */
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
 * The template with its placeholders filled; null when a value that it names is not known, when it throws, or when it gives no text. Placeholders in
 * values are not filled. Never throws.
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
