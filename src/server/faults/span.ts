/** When a fault ends by itself: whichever is first. With neither it goes on until it is lifted. */
export interface Span {
  /** After so many strikes. */
  readonly times?: number | undefined
  /** After so many milliseconds. */
  readonly forMs?: number | undefined
}
