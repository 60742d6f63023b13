import type { Actor } from './actor'
import { createCast } from './cast'
import { describeHappening, describeRecorded } from './describe'
import { fillElided, readElided } from './elided'
import { compare, DONE, type Finding, untried, type Verdict } from './finding'
import { playCall } from './play-call'
import { createPress } from './press'
import { surprises } from './quiet'
import { learnSignatures, resign } from './recorded-signatures'
import type { RecordedLine, RecordedSection } from './recording'
import type { Target } from './target'
import type { TranscriptEntry } from './transcript'
import type { OfSocket, TranscriptStage } from './transcript-stage'

type Line = RecordedLine<TranscriptEntry>
type Section = RecordedSection<TranscriptEntry>

/**
 * Does again what the recorder did, line by line, and compares what comes with what came then. Each connection has to
 * say the same in the same order; at the end of every section nothing more may be there.
 */
export const playTranscript = async (sections: readonly Section[], target: Target): Promise<readonly Finding[]> => {
  const cast = createCast(target)
  const stage = { target, cast, press: createPress(target), learned: learnSignatures(sections), absent: new Map() }
  const findings: Finding[] = []
  try {
    for (const section of sections) findings.push(...(await playSection(stage, section)))
  } finally {
    cast.end()
  }
  return findings
}

const playSection = async (stage: TranscriptStage, section: Section): Promise<readonly Finding[]> => {
  const findings: Finding[] = []
  const found = (line: number | null, verdict: Verdict): void => {
    findings.push({ recording: 'transcript.txt', section: section.name, line, verdict })
  }
  for (const line of section.lines) found(line.number, await playLine(stage, section.name, line))
  for (const got of await surprises(stage.cast, stage.target.patienceMs)) {
    found(null, { kind: 'differs', expected: 'nothing more', got })
  }
  return findings
}

const playLine = async (stage: TranscriptStage, section: string, line: Line): Promise<Verdict> => {
  const { entry } = line
  if (!('socket' in entry)) return await playCall(stage, entry)
  if (entry.kind === 'upgrade' || entry.kind === 'refused') enter(stage, section, entry.socket)
  const why = stage.absent.get(entry.socket)
  if (why !== undefined) return untried(why)
  return await playOn(stage, line, entry)
}

const enter = ({ cast, absent }: TranscriptStage, section: string, socket: string): void => {
  const opened = cast.open(section, socket)
  if (typeof opened === 'string') absent.set(socket, opened)
  else absent.delete(socket)
}

/** What one connection does, or hears. */
const playOn = async (stage: TranscriptStage, line: Line, entry: OfSocket): Promise<Verdict> => {
  const actor = stage.cast.find(entry.socket)
  if (!actor) return { kind: 'differs', expected: describeRecorded(line.text), got: `${entry.socket} is not there` }
  switch (entry.kind) {
    case 'said':
      actor.say(resign(wholeOf(entry.frame), stage.learned, stage.cast))
      return DONE
    case 'said-ping':
      actor.ping(entry.payload)
      return DONE
    case 'ready-state':
      return await readyState(stage, line, entry.socket)
    default:
      prompt(stage, actor, entry)
      return await hear(stage, actor, line, entry.socket)
  }
}

/** What makes a recorded line happen, where it does not come by itself. */
const prompt = ({ press }: TranscriptStage, actor: Actor, entry: OfSocket): void => {
  if (entry.kind === 'heard') press.printFor(entry.frame)
  // The recorder said goodbye, or gave up on a handshake that had been refused.
  if (entry.kind === 'failed' || (entry.kind === 'closed' && entry.code === 1000)) actor.close()
}

const hear = async ({ target }: TranscriptStage, actor: Actor, { text }: Line, socket: string): Promise<Verdict> => {
  const happening = await actor.next(target.patienceMs)
  return compare(describeRecorded(text), describeHappening(socket, happening, text.replace(/^\S+ <- /, '')))
}

/** What a client said when the recorder kept its beginning only: more of the same letter, and the end of the object. */
const wholeOf = (frame: string): string => {
  const elided = readElided(frame)
  return elided ? fillElided(elided, '"}}') : frame
}

const readyState = async (stage: TranscriptStage, line: Line, socket: string): Promise<Verdict> => {
  const [surprise] = await surprises(stage.cast, stage.target.patienceMs)
  const state = `${socket} readyState ${stage.cast.find(socket)?.readyState()}`
  return compare(describeRecorded(line.text), surprise === undefined ? state : `${state}, ${surprise}`)
}
