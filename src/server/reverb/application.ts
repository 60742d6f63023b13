/** One application on the server: what Laravel calls `REVERB_APP_ID`, `REVERB_APP_KEY` and `REVERB_APP_SECRET`. */
export interface Application {
  readonly id: string
  /** Public: it stands in the page. */
  readonly key: string
  /** Signs channels and publishes. Never in a page. */
  readonly secret: string
}

/** After how many seconds of silence clients are told to ping. Recorded: Reverb 1.10.2. */
export const ACTIVITY_TIMEOUT_S = 30

/** The largest message a client may send, in bytes. Recorded: Reverb 1.10.2 (`max_message_size`). */
export const MAX_MESSAGE_BYTES = 10_000

/** The largest publish, in bytes of the whole HTTP request. Recorded: Reverb 1.10.2 (`max_request_size`). */
export const MAX_REQUEST_BYTES = 10_000
