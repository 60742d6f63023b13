import type { CartEcho } from '../engine/cart-echo'
import type { CartEchoError } from '../engine/errors'
import { attempt } from '../engine/shape'
import { button, html, type Safely, write } from './dom'
import { codeOf, lastedOf, many, timeOf, visible } from './line'

/** What one can do in the panel, and where it says what came of it. */
export interface ActionsOptions {
  readonly cart: Pick<CartEcho, 'check' | 'connection'>
  readonly report: () => string
  readonly nowMs: () => number
  readonly safely: Safely
}

/** The buttons. What came of one is said below them, to screen readers too: whoever pressed it has asked. */
export const createActions = ({ cart, report, nowMs, safely }: ActionsOptions): HTMLElement => {
  const said = html('p', { role: 'status', class: 'said' })
  const text = html('textarea', { readonly: '', rows: 6, 'aria-label': 'The report', hidden: '' })
  const say = (words: string): void => {
    text.hidden = true
    write(said, words)
  }

  let isChecking = false
  const check = async (): Promise<void> => {
    if (isChecking) return
    isChecking = true
    const fromMs = nowMs()
    checkNow.setAttribute('aria-disabled', 'true')
    say('Asking the check …')
    // A cart that throws has not answered either.
    const ask = async () => foundOf(await cart.check(), nowMs() - fromMs)
    say(await ask().catch(refusedOf))
    checkNow.removeAttribute('aria-disabled')
    isChecking = false
  }

  const drop = (): void => {
    if (cart.connection.get().name === 'idle') return say('The page listens to nothing, so there is nothing to drop.')
    // What the page does when the browser freezes its tab, and thaws it: https://developer.chrome.com/docs/web-platform/page-lifecycle-api
    document.dispatchEvent(new Event('freeze'))
    document.dispatchEvent(new Event('resume'))
    say(DROPPED)
  }

  const copy = (): void => {
    const words = report()
    const show = (): void => {
      say('The browser does not let it be copied. Here it is:')
      text.value = words
      text.hidden = false
      text.focus()
      text.select()
      text.scrollTop = 0
    }
    const copied = (): void => say('The report is copied. It names nobody: read it before you send it.')
    // There is none where the page is not a secure context; what a page has put in its place may promise nothing.
    const writing = attempt(() => Promise.resolve(navigator.clipboard.writeText(words)))
    if (writing) writing.then(copied, show)
    else show()
  }

  const checkNow = button(
    'Check now',
    safely(() => void check()),
  )
  return html(
    'section',
    { class: 'actions', 'aria-label': 'Actions' },
    html(
      'div',
      { class: 'bar' },
      checkNow,
      button('Drop the socket', safely(drop)),
      button('Copy a report', safely(copy)),
    ),
    said,
    text,
  )
}

const DROPPED =
  'The page was told that its tab is frozen, and at once that it goes on. So it lets its connection go, comes back, asks for what it missed, and reads its cart anew. Its own socket is closed, ' +
  'or in a tab that follows, its place among the tabs is; the socket of an Echo is the page’s, and stays. Other scripts of the page that listen for this hear it too.'

const foundOf = (
  { found, confirmedAtMs }: { readonly found: number; readonly confirmedAtMs: number },
  tookMs: number,
): string =>
  `${found === 0 ? 'Up to date: nothing was missing' : `Up to date, after ${many(found, 'change')} that the page did not know`}. Confirmed as of ${timeOf(confirmedAtMs)}, in ${lastedOf(tookMs)}.`

const refusedOf = (reason: unknown): string => {
  const { code, message } = Object(reason) as Partial<CartEchoError>
  return `No answer: ${code ? codeOf(reason as CartEchoError) : 'error'}: ${visible(`${message ?? String(reason)}`)}`
}
