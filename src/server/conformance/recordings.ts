import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AuthEntry, readAuth } from './auth-recording'
import { type KeepAliveEntry, readKeepAlive } from './keep-alive-recording'
import type { RecordedSection } from './recording'
import { readTranscript, type TranscriptEntry } from './transcript'

/** The recordings that a server is compared with. */
export interface Recordings {
  readonly transcript: readonly RecordedSection<TranscriptEntry>[]
  readonly keepAlive: RecordedSection<KeepAliveEntry>
  readonly auth: RecordedSection<AuthEntry>
}

/**
 * Reads the recordings in a folder.
 * @throws {Error} when one is not there or cannot be read
 */
export const readRecordings = (folder: string): Recordings => {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  return {
    transcript: readTranscript(read('transcript.txt')),
    keepAlive: readKeepAlive(read('keep-alive.txt')),
    auth: readAuth(read('auth.txt')),
  }
}
