import { fillElided, readElided } from '../../../src/server/conformance/elided'
import { compare, type Verdict } from '../../../src/server/conformance/report'
import {
  activityTimeoutMsOf,
  type RecordedClient,
  type RecordedSubscription,
  readFrame,
  socketIdOf,
  userOf,
} from './recorded-client'
import { type Conditions, openStage } from './stage'

/**
 * How far a page should be. `asked`: it was greeted, and waits for its signature; `subscribing`: it has shown it. `turned-away`: the
 * server does not want this connection; `unsigned`: nor this signature.
 */
type Phase = 'opening' | 'asked' | 'subscribing' | 'live' | 'turned-away' | 'unsigned'

/** A page that goes through what a recorded client went through. Each verdict is on one recorded line. */
export interface ClientPlayer {
  readonly phase: () => Phase
  /** It connects. */
  readonly upgrade: () => Promise<Verdict>
  /** The handshake is refused, and it tries again. */
  readonly refused: () => Promise<Verdict>
  /** What it asks the shop for, once it is greeted. */
  readonly ask: () => Promise<Verdict>
  /** The shop gives it this signature, and it subscribes. A page that is further than that begins anew. */
  readonly subscribe: (subscription: RecordedSubscription) => Promise<Verdict>
  /** True for the subscription it has already. */
  readonly isSubscribedBy: (subscription: RecordedSubscription) => boolean
  /** The server says this. */
  readonly hear: (frame: string) => Promise<Verdict>
  /** It is greeted, and brought as far as hearing its channel. */
  readonly goLive: (greeting: string) => Promise<Verdict>
  /** Nothing comes for so long that it has to ask for a sign of life. */
  readonly bePatient: () => Promise<Verdict>
  /** The server ends the connection. */
  readonly lose: (code: number, reason: string) => Promise<Verdict>
  /** Its shopper leaves. */
  readonly leave: () => Promise<Verdict>
  readonly isConnected: () => boolean
  readonly close: () => Promise<void>
}

/** How it is played. */
interface PlayerOptions {
  readonly conditions: Conditions
  readonly key: string
  /** As whom it comes back after a loss. */
  readonly again: RecordedClient
  /** The HTTP status that refuses the handshake. */
  readonly refusesBy?: number | undefined
}

const CONFIRMED = 'pusher_internal:subscription_succeeded'
const LIVE = 'live: subscribed'
const SUBSCRIBING = 'connecting: subscribing'
const CONNECT_WITHIN_MS = 10_000
const COMES_BACK_WITHIN_MS = 60_000
/** Who was turned away for good is watched for so long. */
const STAYS_AWAY_MS = 60_000
/** Who was refused a subscription is watched for so long: sooner than that nothing has mended itself. */
const STAYS_SILENT_MS = 5_000
/** A page's timers and its server's need not agree to the millisecond. */
const LATE_BY_MS = 1_000

/** Opens a page for customer 1, or whoever a subscription is for. */
export const openPlayer = async ({ conditions, key, again, refusesBy }: PlayerOptions): Promise<ClientPlayer> => {
  let stage = await openStage(conditions, { user: '1', key, refusesBy })
  let phase: Phase = 'opening'
  let connection = 'connecting: opening-socket'
  let greeting = again.greeting
  let mine: RecordedSubscription | null = null

  const send = (frame: string): void => stage.connection()?.send(frame)
  const channelName = (): string => `private-App.Models.User.${stage.user}`

  const path = async (): Promise<string> => {
    const before = stage.tries()
    if (before === 0) await stage.comes(() => stage.tries() > before, CONNECT_WITHIN_MS)
    const url = new URL(stage.connection()?.path ?? '/nowhere', 'http://server.test')
    return `${url.pathname}?protocol=${url.searchParams.get('protocol')}`
  }

  const greet = async (frame: string): Promise<readonly [expected: string, got: string]> => {
    greeting = frame
    phase = 'asked'
    connection = SUBSCRIBING
    send(frame)
    return [`${SUBSCRIBING}; asks for ${socketIdOf(frame)} on ${channelName()}`, await stage.seen()]
  }

  const show = async ({ auth, channel }: RecordedSubscription): Promise<readonly [expected: string, got: string]> => {
    mine = { auth, channel }
    phase = 'subscribing'
    await stage.answer(Response.json({ auth }))
    return [`${SUBSCRIBING}; says pusher:subscribe ${JSON.stringify({ auth, channel })}`, await stage.seen()]
  }

  const confirm = async (frame: string): Promise<readonly [expected: string, got: string]> => {
    phase = 'live'
    connection = LIVE
    send(frame)
    return [LIVE, await stage.seen()]
  }

  const whole = async (frame: string, by: RecordedSubscription): Promise<Verdict> =>
    all([await greet(frame), await show(by), await confirm(confirmationOf(by.channel))])

  const beginAnew = async (user: string): Promise<void> => {
    await stage.close()
    stage = await openStage(conditions, { user, key })
    await path()
  }

  /** Says it, and gives what the page may make of it and what it does. Which of the two it is, is its own affair. */
  const sayOneOf = async (frame: string, meanings: readonly string[]): Promise<readonly [string, string]> => {
    send(frame)
    const at = await stage.seen()
    connection = meanings.find((meaning) => meaning === at) ?? meanings.join(' or ')
    return [connection, at]
  }

  const turnAway = async (frame: string): Promise<Verdict> => {
    phase = 'turned-away'
    return compare(...(await sayOneOf(frame, atTheDoor(String(readFrame(frame).data.code)))))
  }

  const refuseSignature = async (frame: string, meanings: readonly string[]): Promise<Verdict> => {
    phase = 'unsigned'
    const atFirst = await sayOneOf(frame, meanings)
    await stage.pass(STAYS_SILENT_MS)
    return all([atFirst, [connection, await stage.seen()]])
  }

  const comeBack = async (): Promise<Verdict> => {
    const before = stage.tries()
    const isBack = await stage.comes(() => stage.tries() > before, COMES_BACK_WITHIN_MS)
    if (!isBack) return compare('comes back', `${await stage.seen()}; does not come back`)
    // What it said of itself on the way is its own affair.
    await stage.seen()
    const there = await path()
    return all([[`/app/${key}?protocol=7`, there]], await whole(again.greeting, { ...again.subscription }))
  }

  return {
    phase: () => phase,
    upgrade: async () => compare(`/app/${key}?protocol=7`, await path()),
    refused: async () => {
      const isBack = await stage.comes(() => stage.tries() > 1, COMES_BACK_WITHIN_MS)
      return compare('tries again', isBack ? 'tries again' : await stage.seen())
    },
    ask: async () => compare(`${socketIdOf(greeting)} on ${channelName()}`, stage.asked() ?? 'nothing'),
    isSubscribedBy: ({ auth, channel }) => mine?.auth === auth && mine.channel === channel,
    subscribe: async (subscription) => {
      if (phase === 'asked') return compare(...(await show(subscription)))
      await beginAnew(userOf(subscription.channel))
      return all([await greet(greeting), await show(subscription)])
    },
    hear: async (frame) => {
      const { event, channel } = readFrame(frame)
      if (socketIdOf(frame) !== '') return compare(...(await greet(frame)))
      if (event === 'pusher:error' && phase === 'opening') return await turnAway(frame)
      if (phase === 'subscribing' && isRefusal(frame)) return await refuseSignature(frame, meaningsOf(event))
      if (event === CONFIRMED && channel === mine?.channel && phase === 'subscribing') {
        return compare(...(await confirm(frame)))
      }
      send(wholeOf(frame, channelName()))
      return compare(`${connection}${answerTo(wholeOf(frame, channelName()), phase)}`, await stage.seen())
    },
    goLive: async (frame) => await whole(frame, again.subscription),
    bePatient: async () => {
      const [silent, pings] = [stage.connection(), stage.connection()?.pings() ?? 0]
      const asks = await stage.comes(() => (silent?.pings() ?? 0) > pings, activityTimeoutMsOf(greeting) + LATE_BY_MS)
      return compare(`${connection}; pings`, `${await stage.seen()}; ${asks ? 'pings' : 'does not ping'}`)
    },
    lose: async (code, reason) => {
      stage.connection()?.end(code, reason)
      // Who is refused is so for good; who has to wait tries again.
      if (!connection.startsWith('refused')) return await comeBack()
      const before = stage.tries()
      await stage.pass(STAYS_AWAY_MS)
      const stays = stage.tries() === before ? 'stays away' : 'comes back'
      return compare(`${connection}; stays away`, `${await stage.seen()}; ${stays}`)
    },
    leave: async () => {
      stage.page.stop()
      await stage.seen()
      const state = stage.connection()?.isOver() === false ? 'is still connected' : 'leaves'
      return compare('leaves', state)
    },
    isConnected: () => stage.connection()?.isOver() === false,
    close: () => stage.close(),
  }
}

/** What a page says of itself when the server says this in place of a greeting. What it does not know is for now. */
const atTheDoor = (code: string): readonly string[] => {
  switch (code) {
    case '4001':
      return ['refused: unknown-app']
    case '4003':
      return ['waiting: socket-refused']
    case '4004':
      return ['waiting: over-capacity']
    case '4009':
      return ['refused: origin-refused']
    default:
      return ['connecting: opening-socket', 'waiting: socket-lost']
  }
}

const isRefusal = (frame: string): boolean => {
  const { event, data } = readFrame(frame)
  return event === 'pusher:subscription_error' || (event === 'pusher:error' && data.code === 4009)
}

/** What a page may say of itself then. The channel's own error, which Reverb never sends, may as well be the shop's word. */
const meaningsOf = (event: string): readonly string[] => [
  'waiting: signature-refused',
  ...(event === 'pusher:subscription_error' ? ['refused: not-authorised'] : []),
]

const confirmationOf = (channel: string): string => JSON.stringify({ event: CONFIRMED, data: '{}', channel })

/** What a page does about a frame that changes nothing about its connection. */
const answerTo = (frame: string, phase: Phase): string => {
  const { event, data } = readFrame(frame)
  if (event === 'pusher:ping') return '; says pusher:pong'
  if (event !== 'cart.conditions.changed' || phase !== 'live') return ''
  const { message, changes } = data
  return `; tells ${JSON.stringify({ message, changes })}`
}

/** A frame of which the recorder kept the beginning: more of the same letter, and an end. */
const wholeOf = (frame: string, channel: string): string => {
  const elided = readElided(frame)
  if (!elided) return frame
  const isWhisper = frame.startsWith('{"event":"client-')
  return fillElided(elided, isWhisper ? '"}}' : `${END_OF_CHANGE}","channel":"${channel}"}`)
}

const END_OF_CHANGE = String.raw`\",\"changes\":{},\"timestamp\":\"2026-11-23T10:03:50+00:00\"}`

/** One verdict on several things that have to be as they should. */
const all = (
  pairs: readonly (readonly [expected: string, got: string])[],
  and: Verdict = { kind: 'same' },
): Verdict => {
  const wrong = pairs.find(([expected, got]) => expected !== got)
  return wrong ? compare(...wrong) : and
}
