import { openObserver } from './actor'
import { playAuth } from './play-auth'
import { createFastClock, playKeepAlive } from './play-keep-alive'
import { playTranscript } from './play-transcript'
import { type RecordedReverbOptions, type Recordings, startRecordedReverb } from './recordings'
import { type Finding, untried } from './report'
import { ask, type Clock, type Target } from './target'

/** Compares a server with transcript.txt and auth.txt. Rejects when there is none. */
export const compareWithServer = async (
  { transcript, auth }: Recordings,
  target: Target,
): Promise<readonly Finding[]> => {
  await ask({ url: `${target.httpUrl}/up` })
  return [...(await playTranscript(transcript, target)), ...(await playAuth(auth, target))]
}

/** Compares the stand-in with keep-alive.txt, in no time: its clock is put forward. */
export const compareKeepAlive = async (
  { keepAlive }: Recordings,
  options: RecordedReverbOptions = {},
): Promise<readonly Finding[]> => {
  const clock = createFastClock()
  const { reverb, target, close } = await startRecordedReverb({ ...options, now: clock.now })
  const observer = await openObserver(target)
  const { patienceMs } = target
  try {
    return await playKeepAlive(
      keepAlive,
      target,
      clock.over({ sweep: reverb.sweep, settled: observer.settled, patienceMs }),
    )
  } finally {
    observer.end()
    await close()
  }
}

/** Compares any server with keep-alive.txt, which takes as long as it took to record: three to five minutes. */
export const compareKeepAliveSlowly = ({ keepAlive }: Recordings, target: Target): Promise<readonly Finding[]> =>
  playKeepAlive(keepAlive, target, SLOW_CLOCK)

/** What is said of keep-alive.txt when there is no time for it. */
export const skipKeepAlive = ({ keepAlive }: Recordings): readonly Finding[] =>
  keepAlive.lines.map(({ number }) => ({
    recording: 'keep-alive.txt',
    section: keepAlive.name,
    line: number,
    verdict: untried('takes four minutes: --slow'),
  }))

/** The server's own time. Its job may run a minute after it could, and once more for the answer. */
const SLOW_CLOCK: Clock = { reach: () => Promise.resolve(), patienceMs: 130_000 }
