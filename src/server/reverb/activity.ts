/** When a connection was last heard, and whether it owes an answer. */
export interface Activity {
  readonly lastSeenAtMs: number
  /** True from the server's ping to the client's next sign of life. */
  readonly pinged: boolean
  /** True once the client has sent a WebSocket control frame: it is pinged by control frames from then on. */
  readonly controlFrames: boolean
}

/** A connection that was heard just now. */
export const seen = (nowMs: number, controlFrames = false): Activity => ({
  lastSeenAtMs: nowMs,
  pinged: false,
  controlFrames,
})

/** What the keep-alive job does with a connection: Reverb pings the silent, and ends who did not answer the last ping. */
export const duty = (activity: Activity, nowMs: number, pingAfterMs: number): 'none' | 'ping' | 'prune' => {
  if (nowMs - activity.lastSeenAtMs < pingAfterMs) return 'none'
  return activity.pinged ? 'prune' : 'ping'
}
