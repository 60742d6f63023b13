import { compareKeepAlive, compareKeepAliveSlowly, compareWithServer, skipKeepAlive } from './compare-server'
import { type ConformanceRequest, HELP, readConformanceArguments } from './options'
import { type Recordings, readRecordings } from './recordings'
import { countOf, type Finding, report } from './report'
import { startStandIn } from './stand-in'

/** What the command needs from around it. */
export interface ConformanceEnvironment {
  /** The folder of the recordings. */
  readonly recordings: string
  /** Compares our client, which this server knows nothing of. */
  readonly compareClient: (recordings: Recordings) => Promise<readonly Finding[]>
  out(text: string): void
  err(text: string): void
}

/** Runs the command to its end. Gives the exit code: 0 nothing differs, 1 something does, 2 it could not be found out. */
export const runConformance = async (
  words: readonly string[],
  environment: ConformanceEnvironment,
): Promise<number> => {
  const { recordings, out, err } = environment
  const request = readConformanceArguments(words)
  if (request.kind === 'help') out(HELP)
  if (request.kind === 'help') return 0
  try {
    let differences = 0
    for (const { title, compare } of comparisonsFor(request, environment)) {
      const findings = await compare(readRecordings(recordings))
      out(title + report(findings))
      differences += countOf(findings, 'differs')
    }
    return differences === 0 ? 0 : 1
  } catch (error) {
    err(`conformance: ${error instanceof Error ? error.message : String(error)}\n`)
    return 2
  }
}

interface Comparison {
  /** Ends its line. Empty where nothing else is compared. */
  readonly title: string
  readonly compare: (recordings: Recordings) => Promise<readonly Finding[]>
}

const comparisonsFor = (
  request: ConformanceRequest,
  { compareClient }: ConformanceEnvironment,
): readonly Comparison[] => {
  switch (request.kind) {
    case 'help':
      return []
    case 'mistake':
      throw new Error(`${request.message}. See npm run conformance -- --help`)
    case 'client':
      return [{ title: '', compare: compareClient }]
    case 'own':
      return [
        { title: 'The stand-in, as a server:\n', compare: compareStandIn },
        { title: '\nOur client:\n', compare: compareClient },
      ]
    case 'server':
      return [{ title: '', compare: (recordings) => compareServer(recordings, request) }]
  }
}

const compareServer = async (
  recordings: Recordings,
  { target, slow }: ConformanceRequest & { kind: 'server' },
): Promise<readonly Finding[]> => {
  const findings = await compareWithServer(recordings, target)
  return [...findings, ...(slow ? await compareKeepAliveSlowly(recordings, target) : skipKeepAlive(recordings))]
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
