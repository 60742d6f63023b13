import type { Change } from '../engine/events'
import { readLanguage } from './language'
import { ENGLISH, formFor, type NoticeMessages, type NoticeValues } from './messages'

/** A text and its language; null: the page's. */
interface Phrase {
  readonly text: string
  readonly lang: string | null
}

/** One line of a notice. */
export interface Line extends Phrase {
  readonly part: 'headline' | 'what' | 'total' | 'more'
}

/** The text of a notice. */
export interface Words {
  /** The key of the newest change with a message. With another key, the same text is announced again. */
  readonly key: string | null
  readonly lines: readonly Line[]
  readonly label: Phrase
  readonly dismiss: Phrase
}

/** The news keeps this many changes: there may have been more. */
const NEWS_KEEPS = 20

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
  const all = changes.map(readChange)
  const withMessage = all.filter(({ message }) => message !== null)
  const newest = withMessage.at(-1)
  if (!newest) return null
  const total =
    unread
      .map((one) => readChange(one).total)
      .filter((one) => one !== null)
      .at(-1) ?? null
  const values: NoticeValues = { ...valuesOf(newest), total }
  const headline = headlineOf(newest, values, messages)
  return {
    key: newest.key,
    lines: [
      { part: 'headline' as const, ...headline },
      ...lineOf('what', isContained(headline.text, values.name) ? null : whatOf(newest, values, messages)),
      ...lineOf('total', isContained(headline.text, total) ? null : phrase(messages, 'total', values)),
      ...lineOf('more', moreOf(withMessage.length - 1, changes.length, messages)),
    ],
    label: required(messages, 'label'),
    dismiss: required(messages, 'dismiss'),
  }
}

/** The lines as one text, for a page that shows it elsewhere. */
export const textOf = ({ lines }: Words): string =>
  lines.map(({ text }, index) => (index === lines.length - 1 ? text : withFullStop(text))).join(' ')

interface ReadChange extends NoticeValues {
  readonly action: unknown
  readonly code: unknown
  readonly locale: string | null
  readonly key: string | null
}

// A custom event may hold anything. A `message`, even an empty one, means that something is to be shown.
const readChange = ({ change, meta }: Change): ReadChange & { readonly message: string | null } => {
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

const valuesOf = ({ message, name, total, subtotal, savings }: ReadChange): NoticeValues => ({
  message: message || null,
  name,
  total,
  subtotal,
  savings,
})

const headlineOf = ({ code, locale }: ReadChange, values: NoticeValues, messages: NoticeMessages): Phrase => {
  const { lang = null } = messages
  const codes = recordOf(messages.codes)
  const template = typeof code === 'string' && Object.hasOwn(codes, code) ? codes[code] : undefined
  const own = template ? fill(template as NoticeTemplate<NoticeValues>, values) : null
  if (own !== null) return { text: own, lang: readLanguage(lang) }
  if (values.message !== null) return { text: values.message, lang: locale }
  return phrase(messages, 'changed', values) ?? required({}, 'changed')
}

const whatOf = ({ action }: ReadChange, values: NoticeValues, messages: NoticeMessages): Phrase | null =>
  action === 'removed' || action === 'added' ? phrase(messages, action, values) : null

const moreOf = (count: number, kept: number, messages: NoticeMessages): Phrase | null => {
  if (count === 0) return null
  if (kept >= NEWS_KEEPS) return phrase(messages, 'many', {})
  const { more, lang } = messages
  const form = typeof more === 'object' && more ? formFor(count, more, readLanguage(lang)) : more
  return phrase({ ...messages, more: form }, 'more', { count })
}

const lineOf = (part: Line['part'], said: Phrase | null): Line[] => (said ? [{ part, ...said }] : [])

type PhraseKey = keyof typeof ENGLISH

/** The shop's text, else the English one. Null when the shop wants none, or a value that it names is not known. */
const phrase = (messages: NoticeMessages, key: PhraseKey, values: object): Phrase | null => {
  const own = messages[key] as NoticeTemplate<object> | undefined
  if (own === '') return null
  const text = own === undefined ? null : fill(own, values)
  if (text !== null) return { text, lang: readLanguage(messages.lang) }
  const english = fill(ENGLISH[key] as NoticeTemplate<object>, values)
  return english === null ? null : { text: english, lang: 'en' }
}

/** A text without values that is always there: an element without a name cannot be found by screen reader. */
const required = (messages: NoticeMessages, key: 'label' | 'dismiss' | 'changed'): Phrase =>
  phrase(messages, key, {}) ?? { text: String(ENGLISH[key]), lang: 'en' }

/** The text with a full stop unless it ends in punctuation, so that a screen reader pauses there. */
export const withFullStop = (text: string): string => (/\p{P}$/u.test(text) ? text : `${text}.`)

/**
 * True when a text contains a value: a name in any case, an amount with any spaces; but not as a part of a longer word or number. True also for null:
 * there is nothing to add then.
 */
const isContained = (text: string, value: string | null): boolean => {
  if (value === null) return true
  // A name may hold any characters, so each is escaped.
  const signs = [...value]
    .filter((sign) => sign.trim() !== '')
    .map((sign) => sign.replace(/[\^$\\.*+?()[\]{}|/]/, '\\$&'))
  const places = [...text.matchAll(new RegExp(signs.join('\\s*'), 'giu'))]
  return places.some(({ 0: found, index }) => {
    const [before, after] = [text.slice(0, index), text.slice(index + found.length)]
    return !CONTINUES.some(
      ([end, start]) => (end.test(before) && start.test(found)) || (end.test(found) && start.test(after)),
    )
  })
}

// What continues across a boundary: digits with their separators, spaces too; letters in scripts that write spaces between words.
const CONTINUES = [
  [/\d[.,'’\s]?$/, /^[.,'’\s]?\d/],
  [/\p{LC}\p{M}*$/u, /^\p{LC}/u],
] as const

/** A text with placeholders, such as `{name} has ended.`, or a function that returns the text, such as for plurals. */
export type NoticeTemplate<Values> = string | ((values: Values) => string)

/** Longer than any real message or name; anything longer is a mistake or an attack. */
const LONGEST = 300

// Control characters, including those that change the text direction: a name could garble the total beside it.
const CONTROL_CHARACTERS = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu

/** A string from outside as one line of text, shortened if it is too long; null when nothing is left. Never throws. */
export const readable = (value: unknown): string | null => {
  if (typeof value !== 'string') return null
  const line = value
    .slice(0, LONGEST + 1)
    .replace(CONTROL_CHARACTERS, ' ')
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
