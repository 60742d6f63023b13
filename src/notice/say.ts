import type { Change } from '../engine/events'
import { readLanguage } from './language'
import { ENGLISH, formFor, type NoticeMessages, type NoticeValues } from './messages'

/** Words, and the language they are in; null: the page's. */
interface Said {
  readonly text: string
  readonly lang: string | null
}

/** One line of a notice. */
export interface Line extends Said {
  readonly part: 'headline' | 'what' | 'total' | 'more'
}

/** What a notice says. */
export interface Words {
  /** The newest change of which there is something to be said. Another one is said, even if its words are the same. */
  readonly of: string | null
  readonly lines: readonly Line[]
  readonly label: Said
  readonly dismiss: Said
}

/** As many as the news keeps: there may have been more. */
const UNCOUNTED = 20

/**
 * What to say of changes, oldest first: the newest message, what became of the promotion and the total where the message does not name
 * them, and how many more there were. The total is the newest of all that is `unread`, whoever says the rest of it: there is but one that is true. Null where none
 * has words: the server wants nothing said. Never throws.
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

/** The lines as one text, for whoever shows it elsewhere. */
export const textOf = ({ lines }: Words): string =>
  lines.map(({ text }, index) => (index === lines.length - 1 ? text : ended(text))).join(' ')

interface Told extends NoticeValues {
  readonly action: unknown
  readonly code: unknown
  readonly locale: string | null
  readonly key: string | null
}

// An event of the page's own may carry anything. That it has a message at all, be it an empty one, says that something is to be said.
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

/** The shop's own words, else the English ones. Null where the shop wants none, or something they name is not known. */
const word = (messages: NoticeMessages, key: Word, values: object): Said | null => {
  const own = messages[key] as NoticeTemplate<object> | undefined
  if (own === '') return null
  const text = own === undefined ? null : fill(own, values)
  if (text !== null) return { text, lang: readLanguage(messages.lang) }
  const english = fill(ENGLISH[key] as NoticeTemplate<object>, values)
  return english === null ? null : { text: english, lang: 'en' }
}

/** Words that name nothing, and cannot be done without: what has no name cannot be found by whoever does not see it. */
const fixed = (messages: NoticeMessages, key: 'label' | 'dismiss' | 'changed'): Said =>
  word(messages, key, {}) ?? { text: String(ENGLISH[key]), lang: 'en' }

/** As a sentence ends, so that a voice rests there. */
export const ended = (text: string): string => (/\p{P}$/u.test(text) ? text : `${text}.`)

/**
 * True where a text names a value already: a name whatever its capitals are, an amount whatever its spaces are. Neither is named by a longer word, or a longer
 * number, that begins or ends with it. Nothing is named in any text.
 */
const isNamedIn = (text: string, value: string | null): boolean => {
  if (value === null) return true
  // Names hold whatever they hold, so each sign is taken for itself.
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

// What goes on across a border: a number with its marks, of which the space is one; a word in scripts that write spaces between words.
const CUTS = [
  [/\d[.,'’\s]?$/, /^[.,'’\s]?\d/],
  [/\p{LC}\p{M}*$/u, /^\p{LC}/u],
] as const

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
