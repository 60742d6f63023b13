/** Which way bytes travel: `up` from the client to the target, `down` back. */
export type Direction = 'up' | 'down'

/** One of the ways, or each of them. */
export type Directions = Direction | 'both'

/** Which connections a fault strikes: those opened from now on, those open now, or all of them. */
export type FaultScope = 'new' | 'open' | 'all'

/**
 * What can be wrong with a connection. Faults add up; each lasts until it is lifted. Where `direction` is left out, both
 * ways are meant, each for itself. Bytes are counted per connection, from the moment the fault strikes it.
 */
export type ProxyFault =
  /** Everything arrives this much later, give or take up to `jitterMs`, and still in order. */
  | {
      readonly kind: 'latency'
      readonly delayMs: number
      readonly jitterMs?: number | undefined
      readonly direction?: Directions | undefined
    }
  /** A narrow line. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number; readonly direction?: Directions | undefined }
  /** Accepts, and passes nothing; the target does not hear of a new connection before the fault is lifted. */
  | { readonly kind: 'hang' }
  /**
   * Both ends keep a connection over which nothing arrives any more, not even its end. As with a cable pulled out, what
   * was sent meanwhile arrives when the fault is lifted.
   */
  | { readonly kind: 'half-open'; readonly direction?: Directions | undefined }
  /** Ends with a TCP reset (RST): open connections at once, new ones as soon as they are accepted. */
  | { readonly kind: 'reset' }
  /** Does not listen: whoever connects is refused. Open connections live on. */
  | { readonly kind: 'refuse' }
  /** So many bytes pass and the rest is thrown away; the connection itself lives on and ends in order. */
  | { readonly kind: 'truncate'; readonly afterBytes: number; readonly direction?: Directions | undefined }
  /** So many bytes pass, then both ends see the connection end: in order (FIN), or by a reset. */
  | {
      readonly kind: 'cut'
      readonly afterBytes: number
      /** @default 'end' */
      readonly by?: 'end' | 'reset' | undefined
      readonly direction?: Directions | undefined
    }
  /**
   * Holds everything back as a buffering HTTP proxy does: until so many bytes have gathered, the sender has ended, or the
   * fault is lifted.
   */
  | { readonly kind: 'buffer'; readonly untilBytes?: number | undefined; readonly direction?: Directions | undefined }

/** True when a fault works on this way. */
export const covers = (fault: ProxyFault, way: Direction): boolean => {
  const direction = 'direction' in fault ? fault.direction : undefined
  return direction === undefined || direction === 'both' || direction === way
}
