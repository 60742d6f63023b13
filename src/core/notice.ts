import type { Change } from './events'

/** What a notice is about to say: the detail of `cart-echo-notice`. */
export interface CartEchoNotice {
  /** Ready to be shown, as text. Names in it were typed by people: never as HTML. */
  readonly text: string
  /** The language of the text, such as `ms`; empty where neither the server nor the page says. */
  readonly lang: string
  /** What it tells of, oldest first: one change, or a burst. */
  readonly changes: readonly Change[]
}
