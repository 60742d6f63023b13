import { createAlarm } from '../engine/clock'
import type { Audience, Environment, Stop, TabPorts } from '../engine/environment'
import {
  type Link,
  type Query,
  type Reply,
  type Sink,
  stopLink,
  type TabNote,
  type Transport,
} from '../engine/transport'
import { isLeaders, type Message, type Office, type Words } from './bus'
import { createDoubts, openLine } from './election'
import { type Following, follow } from './follow'
import { type Leading, lead } from './lead'
import { createOwed } from './relay'
import { createTailKeeper, noTail } from './replay'

/** What the tabs of a shopper share. */
export interface TabsOptions {
  readonly environment: Environment
  /** Null where the browser has none: then this tab feeds itself. */
  readonly ports: TabPorts | null
  /** Tabs of the same name share; whoever may not hear each other's news must not have it in common. */
  readonly name: string
  /** Makes what feeds the tabs, for whoever looks at any of them. Started in the leading tab alone. */
  readonly open: (audience: Audience) => Transport
  /** True when the links of `open` can be asked. */
  readonly canAsk: boolean
  /** False for a broadcast that no tab can read: the log has it whole, so it is asked for, and given to none from memory. Default: all can. */
  readonly isReadable?: ((event: string, payload: unknown) => boolean) | undefined
  /**
   * Asks the check by this tab alone. What nothing would follow, that the log begins anew or is another customer's, is not believed on another tab's word:
   * any script of the origin may speak on the line. Default: it is.
   */
  readonly confirm?: ((query: Query, signal: AbortSignal) => Promise<Reply>) | undefined
}

/**
 * One transport for all tabs of a shopper. They elect a leader (Web Locks), which opens the transport and hands on what it brings
 * (BroadcastChannel); the others make no request and open no socket, and ask the check through the leader, which answers from memory
 * where it can. When the leader's page ends, freezes or hangs, another takes over. A second leader, if ever there are two, costs a
 * connection: every tab goes on from its own cursor. Where locks are refused, or are taken again and again while no leader is heard, each tab feeds itself.
 * Never throws.
 */
export const tabs =
  (options: TabsOptions): Transport =>
  (sink) => {
    const { environment, ports, open } = options
    return (ports && share(options, ports, sink)) ?? open(environment)(sink)
  }

/** After so many thefts of the lock without a leader that is heard, the line says nothing, or somebody always steals it back. */
const MOST_SILENT_THEFTS = 2
/** How often a tab that stands alone asks whether somebody leads. */
const LOOK_ROUND_MS = 30_000

const share = (options: TabsOptions, ports: TabPorts, sink: Sink): Link | null => {
  const { environment, name, open, canAsk, isReadable = () => true } = options
  const self = nameOf(environment)
  const owed = createOwed(self, () => environment.nowMs())
  const tail = createTailKeeper()
  let stopped = false
  let silentThefts = 0
  let isAlone = false
  const looking = createAlarm(environment)

  const hear = (message: Message): void => {
    if (isLeaders(message)) hearOfLeader()
    if (message.name !== 'note') role.hear(message)
    else if (message.note.name !== 'other-user' || !options.confirm) sink.note(message.note)
    else doubts.ofOwner()
  }

  // What comes by it is heard later, when there is a role to hear it.
  const line = openLine(ports, name, self, hear, sink.report)
  if (!line) return null

  const take = ({ ids, reply, asOfMs }: Words & { name: 'reply' }): void => {
    const dated = { ...reply, asOfMs: Math.min(asOfMs, environment.nowMs()) }
    const isMine = owed.settle(ids, dated)
    if (!isMine && dated.name !== 'unanswered') sink.answer(dated, dated.asOfMs)
  }

  const doubts = createDoubts({ environment, confirm: options.confirm, owed, sink })

  const takeHeard = (words: Words & { name: 'reply' }): void => {
    if (!doubts.ofReply(words)) take(words)
  }

  const parts = { environment, self, sink, say: line.post, pending: owed.all }

  const begin = (steal: boolean): Stop => ports.lock(name, { steal, granted: promote, lost: demote, refused: promote })

  // The page's own Echo may throw; another role is taken up all the same.
  const quit = (): Office | null => {
    stopLink(role.stop, sink.report)
    return role.leader()
  }

  const promote = (): void => {
    if (stopped) return
    const leading = lead({ ...parts, take, known: quit(), open, tail, isReadable })
    role = leading
    leading.begin()
  }

  const demote = (): void => {
    endAlone()
    const known = quit()
    if (stopped) return
    // It goes no further from now on: to ask from there, some day, would be to ask for what everybody knows.
    tail.set({ ...noTail, doubts: tail.get().doubts })
    role = followOn(known)
    leave = begin(false)
  }

  const takeOver = (): void => {
    // Whoever was told may have stopped us.
    if (stopped) return
    leave()
    silentThefts += 1
    if (silentThefts <= MOST_SILENT_THEFTS) leave = begin(true)
    else standAlone()
  }

  // In line for the lock all the same: whoever has it may go, and the line may come to speak.
  const standAlone = (): void => {
    isAlone = true
    const granted = (): void => (isAlone ? endAlone() : promote())
    leave = ports.lock(name, { steal: false, granted, lost: demote, refused: granted })
    promote()
    lookRound()
  }

  const lookRound = (): void => {
    looking.set(LOOK_ROUND_MS * (0.5 + environment.random()), () => {
      line.post({ name: 'hello', isVisible: environment.isVisible(), saw: null, leader: null })
      lookRound()
    })
  }

  const endAlone = (): void => {
    isAlone = false
    looking.stop()
  }

  const hearOfLeader = (): void => {
    silentThefts = 0
    if (!isAlone || stopped) return
    endAlone()
    role = followOn(quit())
  }

  const followOn = (known: Office | null): Following =>
    follow({ ...parts, take: takeHeard, known, lost: owed.lost, takeOver })

  let role: Following | Leading = followOn(null)
  let leave = begin(false)

  return {
    ...(canAsk
      ? {
          ask: (query: Query) => {
            doubts.asked(query)
            const { ask, answered } = owed.add(query)
            role.ask(ask)
            return answered
          },
        }
      : {}),
    tell: (note: TabNote) => line.post({ name: 'note', note }),
    stop: () => {
      if (stopped) return
      line.post({ name: 'bye' })
      stopped = true
      endAlone()
      try {
        role.stop()
      } finally {
        // Or nobody else could lead.
        leave()
        line.close()
        doubts.stop()
        owed.end()
      }
    },
  }
}

const nameOf = (environment: Environment): string =>
  [0, 1].map(() => Math.floor(environment.random() * 2 ** 48).toString(36)).join('')

/** What tabs must agree on to share one connection. */
export interface TabsNameParts {
  readonly user: string | null
  /** Whose log the page was rendered from; null where it does not say. */
  readonly owner: string | null
  /** The private channel; null where there is no socket to be had. */
  readonly channel: string | null
  /** The key of the Reverb app, where it is known; null otherwise. */
  readonly key: string | null
  /** The full address of the check; null without one. */
  readonly check: string | null
  /** The events that are listened to. */
  readonly events: Iterable<string>
}

/** Changed whenever tabs of two versions would misunderstand each other: then they do not meet. */
const PROTOCOL = 1

/**
 * The name of the lock and of the line. Two customers, shops, tenants, environments or versions on one origin never have the same;
 * null where nothing tells a visitor from the next one, or a shop from its neighbour: that tab stands alone.
 */
export const tabsName = ({ user, owner, channel, key, check, events }: TabsNameParts): string | null =>
  owner === null && (user === null || (key === null && check === null))
    ? null
    : `cart-echo/${PROTOCOL} ${JSON.stringify([user, owner, channel, key, check, [...events].sort()])}`
