import { signChannel } from '../reverb/signature'
import { type Actor, type Cast, createCast, surprises } from './actor'
import { fillElided, readElided } from './elided'
import type { RecordedLine, RecordedSection } from './recording'
import { learnSignatures, RECORDED_CALLS, resign, type SignedFor } from './recordings'
import { compare, DONE, describeHappening, describeRecorded, type Finding, untried, type Verdict } from './report'
import { askDoor, createPress, type Press, rewriteJson, type Target } from './target'
import type { TranscriptEntry } from './transcript'

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

/** What transcript.txt is played with. */
interface TranscriptStage {
  readonly target: Target
  readonly cast: Cast
  readonly press: Press
  readonly learned: ReadonlyMap<string, SignedFor>
  /** Why connections that were never opened are not here, by name. */
  readonly absent: Map<string, string>
}

/** What a connection does, or hears. */
type OfSocket = TranscriptEntry & { readonly socket: string }

/** What is asked over HTTP, and what the recorder noted beside the lines. */
type OfNoSocket = Exclude<TranscriptEntry, OfSocket>

/** Asks over HTTP what the recorder asked, and holds its notes against what came. */
const playCall = async (stage: TranscriptStage, entry: OfNoSocket): Promise<Verdict> => {
  switch (entry.kind) {
    case 'note':
      return await note(stage, entry.text)
    case 'auth':
      return await auth(stage, entry.signature)
    case 'published':
      return await published(stage, entry.pad, entry.answer)
    case 'answered':
      return await answered(stage, entry.call, `${entry.status} ${rewriteJson(entry.body)}`)
  }
}

/** Notes say how many frames came, or explain the lines before: either way nothing more may have come by then. */
const note = async (stage: TranscriptStage, text: string): Promise<Verdict> => {
  // Here the recorder had published once more, for nobody to hear.
  if (text.startsWith('frames after unsubscribe')) {
    stage.press.printAgain()
    await stage.press.answer()
  }
  const [surprise] = await surprises(stage.cast, stage.target.patienceMs)
  return compare('nothing more', surprise ?? 'nothing more')
}

const auth = async ({ target, cast, learned }: TranscriptStage, signature: string): Promise<Verdict> => {
  const made = learned.get(signature)
  if (!target.door) return untried('needs an auth endpoint')
  if (!made) return untried('is for a subscription that was not recorded')
  const socketId = cast.find(made.socket)?.socketId() ?? ''
  const { status, body } = await askDoor(target.door, { socket_id: socketId, channel_name: made.channel })
  const { key, secret } = target.main
  const expected = JSON.stringify({ auth: `${key}:${signChannel(secret, socketId, made.channel)}` })
  return compare(`200 ${expected}`, `${status} ${rewriteJson(body)}`)
}

/** The recorder's shop answered 200 when Reverb had, and 502 with Reverb's own words when it had not. */
const published = async ({ press }: TranscriptStage, pad: number, recorded: string): Promise<Verdict> => {
  const [, refusal] = /Pusher error: (.*)\."}$/.exec(recorded) ?? []
  if (refusal !== undefined) press.printLarge(pad)
  const { status, body } = await press.answer()
  return compare(refusal === undefined ? '200 {}' : `413 ${refusal}`, `${status} ${body}`)
}

const answered = async ({ target, press }: TranscriptStage, call: string, expected: string): Promise<Verdict> => {
  const { status, body } = await (RECORDED_CALLS[call]?.(target) ?? press.answer())
  return compare(expected, `${status} ${rewriteJson(body)}`)
}
