import type { Cast } from './cast'
import type { Press } from './press'
import type { SignedFor } from './recorded-signatures'
import type { Target } from './target'
import type { TranscriptEntry } from './transcript'

/** What transcript.txt is played with. */
export interface TranscriptStage {
  readonly target: Target
  readonly cast: Cast
  readonly press: Press
  readonly learned: ReadonlyMap<string, SignedFor>
  /** Why connections that were never opened are not here, by name. */
  readonly absent: Map<string, string>
}

/** What a connection does, or hears. */
export type OfSocket = TranscriptEntry & { readonly socket: string }

/** What is asked over HTTP, and what the recorder noted beside the lines. */
export type OfNoSocket = Exclude<TranscriptEntry, OfSocket>
