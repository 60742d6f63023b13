import type { Recordings } from '../../../src/server/conformance/recordings'
import type { Finding } from '../../../src/server/conformance/report'
import { lendWebSocket } from '../../support/lent-web-socket'
import type { HeldClock } from '../../support/standing-clock'
import { openPage as openOurs } from './page'
import { playAuth } from './play-auth'
import { playKeepAlive } from './play-keep-alive'
import { playTranscript } from './play-transcript'
import { recordedClient } from './recorded-client'
import type { Conditions } from './stage'

/** What of the client may be otherwise, so that a test can show that it is found out. */
export type OtherClient = Partial<Pick<Conditions, 'openPage' | 'wire'>>

/** Compares our client with all recordings, on a clock that stands while anything is under way. */
export const compareClient = async (
  { transcript, keepAlive, auth }: Recordings,
  clock: HeldClock,
  { openPage = openOurs, wire = {} }: OtherClient = {},
): Promise<readonly Finding[]> => {
  const conditions = { clock, openPage, wire }
  const takeBack = lendWebSocket()
  try {
    return [
      ...(await playTranscript(transcript, conditions)),
      ...(await playAuth(auth, conditions, recordedClient(transcript, 'A'))),
      ...(await playKeepAlive(keepAlive, conditions, recordedClient(transcript, 'C'))),
    ]
  } finally {
    takeBack()
  }
}
