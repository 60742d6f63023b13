import { compareKeepAlive, compareKeepAliveSlowly, compareWithServer, skipKeepAlive } from './compare-server'
import { type ConformanceRequest, HELP, readConformanceArguments } from './options'
import { type Recordings, readRecordings } from './recordings'
import { countOf, type Finding, report } from './report'
import { startStandIn } from './stand-in'

/** What the command needs from around it. */
export interface ConformanceEnvironment {
  /** The folder of the recordings. */
  readonly recordings: string
  out(text: string): void
  err(text: string): void
}

/** Runs the command to its end. Gives the exit code: 0 nothing differs, 1 something does, 2 it could not be found out. */
export const runConformance = async (
  words: readonly string[],
  { recordings, out, err }: ConformanceEnvironment,
): Promise<number> => {
  const request = readConformanceArguments(words)
  if (request.kind === 'help') out(HELP)
  if (request.kind === 'help') return 0
  try {
    const findings = await compareAsAsked(request, readRecordings(recordings))
    out(report(findings))
    return countOf(findings, 'differs') === 0 ? 0 : 1
  } catch (error) {
    err(`conformance: ${error instanceof Error ? error.message : String(error)}\n`)
    return 2
  }
}

const compareAsAsked = async (request: ConformanceRequest, recordings: Recordings): Promise<readonly Finding[]> => {
  switch (request.kind) {
    case 'help':
      return []
    case 'mistake':
      throw new Error(`${request.message}. See npm run conformance -- --help`)
    case 'stand-in':
      return await compareStandIn(recordings)
    case 'server': {
      const { target, slow } = request
      const findings = await compareWithServer(recordings, target)
      return [...findings, ...(slow ? await compareKeepAliveSlowly(recordings, target) : skipKeepAlive(recordings))]
    }
  }
}

/** Compares the stand-in of this repository with all recordings. */
export const compareStandIn = async (recordings: Recordings): Promise<readonly Finding[]> => {
  const { target, close } = await startStandIn()
  try {
    return [...(await compareWithServer(recordings, target)), ...(await compareKeepAlive(recordings))]
  } finally {
    await close()
  }
}
