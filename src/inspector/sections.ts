import { attempt } from '../engine/shape'
import type { Entry, EntryOf } from '../trace/entries'
import { html, write } from './dom'
import type { Journal, Received } from './journal'
import { codeOf, lineOf, timeOf, visible } from './line'
import { figuresOf, tabsOf } from './report'

/** A part of the panel that can be opened and closed. */
export interface Section {
  readonly element: HTMLDetailsElement
  /** Shows what is new, if it is open, or `always`. */
  readonly render: (always?: boolean) => void
}

/** How many lines of the log are shown. */
const LINES = 200
/** How much of a payload is shown: more than Reverb lets through. */
const MOST_CHARACTERS = 20_000

/** Which tabs there are, and which of them leads. */
export const tabsSection = (journal: Journal, wake: () => void): Section => {
  const words = html('p')
  const list = html('ul', { class: 'tabs' })
  const count = (): string => `${1 + (journal.tabs()?.others.length ?? 0)}`
  return section({ title: 'Tabs', count, journal, wake }, [words, list], () => {
    const tabs = journal.tabs()
    const names = tabs ? [tabs.self, ...tabs.others] : []
    write(words, tabsOf(journal))
    const lines = names.map(
      (name) => `${name}${name === tabs?.self ? ', this one' : ''}${name === tabs?.leader ? ', leads' : ''}`,
    )
    if (list.childElementCount === lines.length && lines.every((line, n) => list.children[n]?.textContent === line))
      return
    list.replaceChildren(...lines.map((line) => html('li', {}, line)))
  })
}

/** What was counted since the panel was opened, and how fast it came. */
export const figuresSection = (journal: Journal, wake: () => void): Section => {
  const values = figuresOf(journal).map(([name]) => ({ name, value: html('dd') }))
  const list = html('dl', {}, ...values.map(({ name, value }) => html('div', {}, html('dt', {}, name), value)))
  const note = html(
    'p',
    { class: 'note' },
    'Since the panel was opened. Delays run from when the server sent a change to when it was told, beyond those of the fastest, for clocks differ: median, and most.',
  )
  return section({ title: 'Figures', journal, wake }, [list, note], () => {
    const figures = new Map(figuresOf(journal))
    for (const { name, value } of values) write(value, figures.get(name) ?? '')
  })
}

/** The newest payloads, each with what was wrong with it. */
export const payloadsSection = (journal: Journal, wake: () => void): Section => {
  const list = html('div', { class: 'list' })
  const none = html(
    'p',
    {},
    'Nothing was heard by a socket since the panel was opened. What the check brings is in the log.',
  )
  const shown = new Map<Received, HTMLElement>()
  const count = (): string => `${journal.received().length}`
  return section({ title: 'Payloads', count, journal, wake }, [none, list], () => {
    const received = journal.received()
    none.hidden = received.length > 0
    for (const [one, element] of shown) {
      if (received.includes(one)) continue
      element.remove()
      shown.delete(one)
    }
    for (const one of [...received].reverse()) {
      if (shown.has(one)) continue
      const element = payloadOf(one)
      shown.set(one, element)
      list.prepend(element)
    }
  })
}

const payloadOf = ({ atMs, way, event, place, payload, error }: Received): HTMLElement => {
  const text = html('pre', { tabindex: 0, 'aria-label': 'Payload' })
  const title = html('summary', {}, `${timeOf(atMs)} ${place ?? event}, by ${way === 'tab' ? 'another tab' : way}`)
  const element = html(
    'details',
    {},
    title,
    ...(error ? [html('p', { class: 'wrong' }, `${codeOf(error)}: ${visible(error.message)}`)] : []),
    text,
  )
  if (error) title.append(' ', html('b', { class: 'wrong' }, 'unreadable'))
  // Most are never looked at.
  element.addEventListener('toggle', () => write(text, visible(jsonOf(payload))))
  return element
}

const jsonOf = (payload: unknown): string => {
  const json = attempt(() => JSON.stringify(payload, null, 2)) ?? String(attempt(() => String(payload)))
  return json.length > MOST_CHARACTERS ? `${json.slice(0, MOST_CHARACTERS)} … (${json.length} characters)` : json
}

/** The newest errors, with what to do. */
export const errorsSection = (journal: Journal, wake: () => void): Section => {
  const count = (): string => `${journal.errors().length}`
  const wordsOf = ({ error }: EntryOf<'error'>): string => `${codeOf(error)}: ${visible(error.message)}`
  return logOf({ title: 'Errors', count, journal, wake }, journal.errors, wordsOf)
}

/** Everything that happened, newest first. */
export const logSection = (journal: Journal, wake: () => void): Section => {
  const count = (): string => `${journal.entries().length}`
  const newest = (): readonly Entry[] => journal.entries().slice(-LINES).reverse()
  return logOf({ title: 'Log', count, journal, wake }, newest, lineOf)
}

const logOf = <One extends Entry>(
  about: About,
  read: () => readonly One[],
  wordsOf: (entry: One) => string,
): Section => {
  const list = html('ol', { class: 'log' })
  const empty = html('p', {}, 'None since the panel was opened.')
  const shown = new Map<One, HTMLElement>()
  return section(about, [empty, list], () => {
    const entries = read()
    const current = new Set(entries)
    empty.hidden = entries.length > 0
    for (const [entry, line] of shown) {
      if (current.has(entry)) continue
      line.remove()
      shown.delete(entry)
    }
    for (const entry of [...entries].reverse()) {
      if (shown.has(entry)) continue
      const line = html('li', {}, html('time', {}, timeOf(entry.atMs)), ' ', wordsOf(entry))
      shown.set(entry, line)
      list.prepend(line)
    }
  })
}

/** What a section is about. */
interface About {
  readonly title: string
  /** What stands beside the title. Default: nothing. */
  readonly count?: () => string
  readonly journal: Journal
  /** Has it rendered soon. */
  readonly wake: () => void
}

const section = (
  { title, count = () => '', journal, wake }: About,
  children: readonly Node[],
  render: () => void,
): Section => {
  const badge = html('span', { class: 'count' })
  const element = html('details', { class: 'section' }, html('summary', {}, title, ' ', badge), ...children)
  let shown = -1
  element.addEventListener('toggle', () => {
    shown = -1
    wake()
  })
  return {
    element,
    render: (always = false) => {
      if (journal.version() === shown && !always) return
      shown = journal.version()
      write(badge, count())
      if (element.open || always) render()
    },
  }
}
