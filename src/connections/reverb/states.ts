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
 * `opening` that takes too long is opened anew. An answer that a `pinged` socket does not give has lost it.
 */
export type SocketState = 'waiting' | 'opening' | 'open' | 'pinged' | 'refused'

/**
 * How far the channel is, on a socket that is open. What each does by itself:
 *
 *     none ──(greeting)──► authorising ──(signature)──► subscribing ──(confirmed)──► live
 *                            ▲      │                      │
 *                            │      └──(refused, silence)──┴──► refused ──(its time, if any)──► authorising
 *
 * A confirmation or a broadcast makes it `live` from everywhere but `none`, and the end of the socket makes it `none`. `authorising`: the shop is asked for
 * a signature; `subscribing`: the server was shown it, and is to confirm it.
 */
export type ChannelState = 'none' | 'authorising' | 'subscribing' | 'live' | 'refused'
