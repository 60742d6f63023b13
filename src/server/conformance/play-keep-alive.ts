import { SWEEP_EVERY_MS } from '../reverb/connection'
import { signChannel } from '../reverb/signature'
import { type Actor, type Cast, createCast, surprises } from './actor'
import type { RecordedLine, RecordedSection } from './recording'
import { compare, DONE, describeHappening, describeRecorded, type Finding, untried, type Verdict } from './report'
import type { Clock, Target } from './target'
import type { KeepAliveEntry } from './transcript'

type Line = RecordedLine<KeepAliveEntry>

interface Stage {
  readonly target: Target
  readonly clock: Clock
  readonly cast: Cast
  readonly section: string
  readonly absent: Map<string, string>
}

/** Keeps the recorded clients connected for as long as they were, and compares what they hear. */
export const playKeepAlive = async (
  { name, lines }: RecordedSection<KeepAliveEntry>,
  target: Target,
  clock: Clock,
): Promise<readonly Finding[]> => {
  const cast = createCast(target)
  const stage = { target, clock, cast, section: name, absent: new Map<string, string>() }
  const findings: Finding[] = []
  try {
    for (const line of lines) {
      await clock.reach(line.atS)
      findings.push({ recording: 'keep-alive.txt', section: name, line: line.number, verdict: await play(stage, line) })
    }
  } finally {
    cast.end()
  }
  return findings
}

const play = async (stage: Stage, line: Line): Promise<Verdict> => {
  const { entry } = line
  if (entry.kind === 'states') return await states(stage, entry.states)
  const actor = entry.kind === 'greeted' ? await enter(stage, entry.socket) : stage.cast.find(entry.socket)
  if (!actor) return untried(stage.absent.get(entry.socket) ?? 'was never there')
  if (entry.kind === 'answered') return answer(actor)
  if (entry.kind === 'subscribed') subscribe(stage, actor, entry)
  const verdict = compare(describeRecorded(line.text), await hear(stage, entry.socket, actor))
  if (entry.kind === 'subscribed') await turnToControlFrames(stage, entry.socket, actor)
  return verdict
}

const enter = async ({ cast, absent, section, clock }: Stage, socket: string): Promise<Actor | null> => {
  const opened = cast.open(section, socket, socket !== 'control-no-pong')
  if (typeof opened === 'string') {
    absent.set(socket, opened)
    return null
  }
  await opened.next(clock.patienceMs)
  return opened
}

const subscribe = (
  { cast }: Stage,
  actor: Actor,
  { socket, channel }: KeepAliveEntry & { kind: 'subscribed' },
): void => {
  const { key, secret } = cast.credentials(socket)
  const auth = `${key}:${signChannel(secret, actor.socketId(), channel)}`
  actor.say(JSON.stringify({ event: 'pusher:subscribe', data: { auth, channel } }))
}

const hear = async ({ clock }: Stage, socket: string, actor: Actor): Promise<string> => {
  const happening = await actor.next(clock.patienceMs)
  // The recorder left the empty reason of a close out.
  return describeHappening(socket, happening, '').replace(/(CLOSE \d+) ""$/, '$1')
}

/** Those who are named so had sent a control frame when they came: they are pinged by such from then on. */
const turnToControlFrames = async ({ clock }: Stage, socket: string, actor: Actor): Promise<void> => {
  if (!socket.startsWith('control-')) return
  actor.ping('hi')
  await actor.next(clock.patienceMs)
}

const answer = (actor: Actor): Verdict => {
  actor.say(JSON.stringify({ event: 'pusher:pong', data: {} }))
  return DONE
}

const states = async ({ cast, target, absent }: Stage, recorded: readonly number[]): Promise<Verdict> => {
  if (absent.size > 0) return untried([...absent.values()].join(', '))
  const [surprise = ''] = await surprises(cast, target.patienceMs)
  const got = cast.names().map((name) => cast.find(name)?.readyState())
  return compare(`states ${recorded.join(',')}`, `states ${got.join(',')}${surprise && `, ${surprise}`}`)
}

/** A clock that can be put forward. */
interface FastClock {
  now(): number
  /** The clock of a recording: runs the job at every minute it ran at then. */
  over(options: FastClockOptions): Clock
}

/** What a fast clock moves. */
interface FastClockOptions {
  /** Runs the keep-alive job. */
  sweep(): void
  /** Resolves when everything that was said has been heard. */
  settled(): Promise<void>
  readonly patienceMs: number
}

/** The job first ran 9.7 s after keep-alive.txt began: what it did is recorded a minute later, and then every minute. */
const FIRST_SWEEP_AT_MS = 9_700

/** A clock that stands at zero. */
export const createFastClock = (): FastClock => {
  let nowMs = 0
  return {
    now: () => nowMs,
    over: ({ sweep, settled, patienceMs }) => ({
      patienceMs,
      reach: async (atS) => {
        const atMs = Math.round(atS * 1_000)
        if (atMs === nowMs) return
        await settled()
        for (let dueMs = nextSweep(nowMs); dueMs <= atMs; dueMs += SWEEP_EVERY_MS) {
          nowMs = dueMs
          sweep()
        }
        nowMs = atMs
      },
    }),
  }
}

const nextSweep = (nowMs: number): number =>
  FIRST_SWEEP_AT_MS + Math.max(0, Math.floor((nowMs - FIRST_SWEEP_AT_MS) / SWEEP_EVERY_MS) + 1) * SWEEP_EVERY_MS
