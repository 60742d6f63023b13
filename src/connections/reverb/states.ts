import { hasOwn } from '../../engine/shape'
import type { Refusal } from '../refusal'

/**
 * How far the socket is. What each does by itself:
 *
 *     waiting ──(its time)──► opening ──(greeting)──► open ──(silence, doubt)──► pinged
 *        ▲                       │                     │ ▲                       │  │
 *        │                       │                     │ └──────(any frame)──────┘  │
 *        └────────(close)────────┴───────(close)───────┴──────(close, no answer)────┘
 *
 *     opening, open, pinged ──(a code that refuses)──► refused ──(its time, if any)──► opening
 *
 * `opening` that takes too long is opened anew. Until the server greets, the reason of a refusal stays.
 */
export type SocketState =
  /** There is none. It is opened at `nextTryAtMs`. */
  | (NextTry & { readonly name: 'waiting' })
  /** It was opened, and the server has not greeted yet. Given up at `nextTryAtMs`, for the next. */
  | (NextTry & { readonly name: 'opening' })
  /** The server has greeted. Pinged after so long a silence. */
  | { readonly name: 'open'; readonly socketId: string; readonly silentMs: number }
  /** An answer is awaited. Without one it is lost. */
  | { readonly name: 'pinged'; readonly socketId: string; readonly silentMs: number }
  /** The server does not want it. Asked again later, unless that would not help. */
  | { readonly name: 'refused'; readonly refusal: Refusal }

interface NextTry {
  readonly nextTryAtMs: number
  /** Why the server refused the socket before; null when it did not. */
  readonly refusal: Refusal | null
}

/** What happens to the socket. */
export type SocketEvent =
  | { readonly name: 'opened-anew'; readonly nextTryAtMs: number }
  | { readonly name: 'greeted'; readonly socketId: string; readonly silentMs: number }
  | { readonly name: 'pinged' }
  | { readonly name: 'heard' }
  | { readonly name: 'lost'; readonly nextTryAtMs: number }
  | { readonly name: 'refused'; readonly refusal: Refusal }

/** The socket after that. What cannot happen in a state leaves it as it is: the same object. */
export const moveSocket = (state: SocketState, event: SocketEvent): SocketState => {
  const refusal = hasOwn(state, 'refusal') ? state.refusal : null
  switch (event.name) {
    case 'opened-anew':
      return { ...event, name: 'opening', refusal }
    case 'greeted':
      return state.name === 'opening' ? { ...event, name: 'open' } : state
    case 'pinged':
      return state.name === 'open' ? { ...state, name: 'pinged' } : state
    case 'heard':
      return state.name === 'pinged' ? { ...state, name: 'open' } : state
    case 'lost':
      return { ...event, name: 'waiting', refusal }
    case 'refused':
      return event
  }
}

/**
 * How far the channel is, on a socket that is open. What each does by itself:
 *
 *     none ──(greeting)──► authorising ──(signature)──► subscribing ──(confirmed)──► live
 *                            ▲      │                      │
 *                            │      └──(refused, silence)──┴──► refused ──(its time, if any)──► authorising
 *
 * A confirmation or a broadcast makes it `live` from everywhere but `none`, and the end of the socket makes it `none`.
 */
export type ChannelState =
  /** The socket is not open. */
  | 'none'
  /** The shop is asked for a signature. */
  | 'authorising'
  /** The signature was shown to the server, which is to confirm it. */
  | 'subscribing'
  | 'live'
  /** The shop or the server refused, or did not answer in time. Asked again later, unless that would not help. */
  | 'refused'

/** What happens to the channel. */
export type ChannelEvent = 'asked' | 'signed' | 'confirmed' | 'refused' | 'lost'

/** The channel after that. */
export const moveChannel = (state: ChannelState, event: ChannelEvent): ChannelState => {
  if (event === 'lost') return 'none'
  if (event === 'asked') return 'authorising'
  if (state === 'none') return state
  if (event === 'signed') return state === 'authorising' ? 'subscribing' : state
  return event === 'confirmed' ? 'live' : 'refused'
}
