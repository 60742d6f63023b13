import type { CartEcho } from '../engine/cart-echo'
import { errorOf } from '../engine/state'
import { html, mark, write } from './dom'
import { explain } from './explain'
import { codeOf, lastedOf, timeOf, visible } from './line'

/** The connection in words, and how they are kept up to date. */
export interface StateView {
  readonly element: HTMLElement
  /** For the head of the panel: stays when it is minimised. */
  readonly badge: HTMLElement
  /** Shows it as of now. Returns in how many milliseconds a countdown goes on; null: none runs. */
  readonly render: (nowMs: number) => number | null
}

/** Creates it. `docs` is the address of `docs/errors.md`. */
export const createStateView = (cart: Pick<CartEcho, 'connection' | 'nextTryAtMs'>, docs: string): StateView => {
  const name = html('b')
  const reason = html('code')
  const since = html('span', { class: 'since' })
  const what = html('p')
  const next = html('span')
  const countdown = html('b', { class: 'countdown' })
  const error = html('p', { class: 'wrong' })
  const more = html('span')
  const link = html('a', { target: '_blank', rel: 'noreferrer' })
  const element = html(
    'section',
    { class: 'connection', 'aria-label': 'Connection' },
    html('p', { class: 'now' }, name, reason, since),
    what,
    html('p', {}, next, ' ', countdown),
    error,
    html('p', {}, more, link),
  )
  const badge = html('span', { class: 'badge' })

  return {
    element,
    badge,
    render: (nowMs) => {
      const connection = cart.connection.get()
      const { title, section, ...said } = explain(connection)
      const cause = errorOf(connection)
      const tryAtMs = cart.nextTryAtMs()
      write(badge, title)
      mark(badge, 'data-state', connection.name)
      mark(element, 'data-state', connection.name)
      write(name, title)
      write(reason, `${connection.name}: ${connection.reason}`)
      write(since, `since ${timeOf(connection.sinceMs)}`)
      write(what, said.what)
      write(next, said.next)
      write(countdown, tryAtMs === null ? '' : countdownOf(tryAtMs - nowMs, connection.name === 'polling'))
      write(error, cause ? `${codeOf(cause)}: ${visible(cause.message)}` : '')
      error.hidden = !cause
      write(more, connection.name === 'live' ? 'More: ' : 'What to do: ')
      write(link, `docs/errors.md#${section}`)
      mark(link, 'href', `${docs}#${section}`)
      if (tryAtMs === null) return null
      // At the moment when the number of seconds changes.
      return tryAtMs > nowMs ? ((tryAtMs - nowMs) % SECOND_MS) + 1 : SECOND_MS
    },
  }
}

const SECOND_MS = 1_000

const countdownOf = (inMs: number, isPoll: boolean): string => {
  const what = isPoll ? 'Asked next' : 'Next try'
  return inMs <= 0
    ? `${what}: now.`
    : `${what} in ${inMs < 60_000 ? `${Math.ceil(inMs / SECOND_MS)} s` : lastedOf(inMs)}.`
}
