/** What a fault reports while it is active. */
export interface Hand {
  /** It struck, once or several times. Ends it when that is often enough. */
  strike(times?: number): void
  /** It is over. */
  end(): void
}
