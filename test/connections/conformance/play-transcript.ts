import type { RecordedLine, RecordedSection } from '../../../src/server/conformance/recording'
import { compare, DONE, type Finding, untried, type Verdict } from '../../../src/server/conformance/report'
import type { TranscriptEntry } from '../../../src/server/conformance/transcript'
import { type ClientPlayer, openPlayer } from './client-player'
import { type RecordedClient, readFrame, recordedClient, socketIdOf, subscriptionOf } from './recorded-client'
import type { Conditions } from './stage'

type Line = RecordedLine<TranscriptEntry>
type Section = RecordedSection<TranscriptEntry>
type OfSocket = TranscriptEntry & { readonly socket: string }

/** What transcript.txt is played with. */
interface Stage {
  readonly conditions: Conditions
  readonly sections: readonly Section[]
  /** By the recorder's names. */
  readonly players: Map<string, ClientPlayer>
  readonly again: RecordedClient
}

/** Why some lines are for nobody here. */
const NOT_OURS = 'a page never says this'
const ONCE = 'a page subscribes once'
const PUBLISHERS = 'is between the server and who publishes'
const CONTROL = 'control frames are the browser’s'
const GAVE_UP = 'the recorder gave up on a handshake'

/**
 * Plays the server of transcript.txt to pages of ours, a page for each connection, frame by frame, and compares what each page does,
 * tells and says of itself with what a client of Reverb has to. Where the recorder said something that no page says, its server's
 * answer is played all the same: a page must not be moved by it.
 */
export const playTranscript = async (
  sections: readonly Section[],
  conditions: Conditions,
): Promise<readonly Finding[]> => {
  const stage: Stage = { conditions, sections, players: new Map(), again: recordedClient(sections, 'C') }
  const findings: Finding[] = []
  try {
    for (const section of sections) {
      for (const line of section.lines) {
        const verdict = await playLine(stage, section, line)
        findings.push({ recording: 'transcript.txt', section: section.name, line: line.number, verdict })
      }
      await reviveAll(stage)
    }
  } finally {
    for (const player of stage.players.values()) await player.close()
  }
  return findings
}

const playLine = async (stage: Stage, section: Section, line: Line): Promise<Verdict> => {
  const { entry } = line
  if (entry.kind === 'note') return DONE
  if (entry.kind === 'auth') return await auth(stage, section, entry.signature)
  if (!('socket' in entry)) return untried(PUBLISHERS)
  if (entry.kind === 'failed') return await giveUp(stage, entry.socket)
  if (entry.kind === 'upgrade' || entry.kind === 'refused') await enter(stage, section, entry)
  const player = stage.players.get(entry.socket)
  return player ? await playOn(stage, section, line, entry, player) : untried(GAVE_UP)
}

const enter = async ({ conditions, players, again }: Stage, { name }: Section, entry: OfSocket): Promise<void> => {
  await players.get(entry.socket)?.close()
  const key = name === '7' ? 'no-such-key' : 'cart-bed-key'
  const refusesBy = entry.kind === 'refused' ? 404 : undefined
  players.set(entry.socket, await openPlayer({ conditions, key, again, refusesBy }))
}

const giveUp = async ({ players }: Stage, socket: string): Promise<Verdict> => {
  await players.get(socket)?.close()
  players.delete(socket)
  return untried(GAVE_UP)
}

const playOn = async (
  stage: Stage,
  section: Section,
  line: Line,
  entry: OfSocket,
  player: ClientPlayer,
): Promise<Verdict> => {
  switch (entry.kind) {
    case 'upgrade':
      return await player.upgrade()
    case 'refused':
      return await player.refused()
    case 'heard':
      // Who subscribed to nothing, or to a public channel, has a page that goes on to its own.
      return isGreetedOnly(stage, entry) ? await player.goLive(entry.frame) : await player.hear(entry.frame)
    case 'said':
      return await say(section, line, entry, player)
    case 'closed':
      return await (entry.code === 1000 ? player.leave() : player.lose(entry.code, reasonIn(line)))
    case 'ready-state':
      return entry.state === 1 && player.phase() === 'live'
        ? compare('is connected', player.isConnected() ? 'is connected' : 'has left')
        : DONE
    default:
      return untried(CONTROL)
  }
}

const say = async (section: Section, line: Line, entry: OfSocket, player: ClientPlayer): Promise<Verdict> => {
  if (entry.kind !== 'said') return DONE
  const subscription = subscriptionOf(entry.frame)
  if (subscription) {
    const isAgain = player.phase() === 'live' && player.isSubscribedBy(subscription)
    return isAgain ? untried(ONCE) : await player.subscribe(subscription)
  }
  return isAnsweredPing(section, line) ? await player.bePatient() : untried(NOT_OURS)
}

/** The recorder pinged at once, and many times to be refused; a page does after a silence. */
const isAnsweredPing = ({ lines }: Section, { entry, number }: Line): boolean => {
  const next = lines.find((line) => line.number === number + 1)?.entry
  const isPing = entry.kind === 'said' && readFrame(entry.frame).event === 'pusher:ping'
  return isPing && next?.kind === 'heard' && readFrame(next.frame).event === 'pusher:pong'
}

const isGreetedOnly = ({ sections }: Stage, entry: OfSocket & { kind: 'heard' }): boolean => {
  const isPrivate = ({ entry: other }: Line): boolean =>
    other.kind === 'said' && other.socket === entry.socket && subscriptionOf(other.frame) !== null
  return socketIdOf(entry.frame) !== '' && !sections.some(({ lines }) => lines.some(isPrivate))
}

/** The recorder asked the shop for the one who subscribes next. */
const auth = async ({ players }: Stage, { lines }: Section, signature: string): Promise<Verdict> => {
  const user = lines.find(({ entry }) => entry.kind === 'said' && entry.frame.includes(signature))?.entry
  const player = user && 'socket' in user ? players.get(user.socket) : undefined
  return player ? await player.ask() : untried('was asked for nobody')
}

/** The recorder went on with a connection that had been refused a subscription, and with its first one again. */
const reviveAll = async ({ players, sections }: Stage): Promise<void> => {
  for (const [name, player] of players) {
    if (player.phase() !== 'unsigned') continue
    const { subscription } = recordedClient(sections, name)
    await player.subscribe(subscription)
    await player.hear(JSON.stringify({ ...CONFIRMATION, channel: subscription.channel }))
  }
}

const CONFIRMATION = { event: 'pusher_internal:subscription_succeeded', data: '{}' }

const reasonIn = ({ text }: Line): string => /CLOSE \d+ "(.*)"$/.exec(text)?.[1] ?? ''
