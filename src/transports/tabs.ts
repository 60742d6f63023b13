import type { Audience, Environment, Stop } from '../core/environment'
import { CartEchoError } from '../core/errors'
import { report } from '../core/shape'
import { stopLink } from '../core/stop-link'
import type { Bus, TabPorts } from '../core/tab-ports'
import type { Link, Query, Reply, Sink, TabNote, Transport } from '../core/transport'
import { type Following, follow } from './tabs/follow'
import { type Leading, lead } from './tabs/lead'
import { type LeaderMessage, type Message, readMessage, writeMessage } from './tabs/message'
import { createOwed } from './tabs/owed'
import { noTail, type Tail } from './tabs/tail'

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
}

/**
 * One transport for all tabs of a shopper. They elect a leader (Web Locks), which opens the transport and hands on what it brings
 * (BroadcastChannel); the others make no request and open no socket, and ask the check through the leader, which answers from memory
 * where it can. When the leader's page ends, freezes or hangs, another takes over. A second leader, if ever there are two, costs a
 * connection: every tab goes on from its own cursor. Where locks are refused each tab feeds itself. Never throws.
 */
export const tabs = (options: TabsOptions): Transport => {
  const { environment, ports, name, open } = options
  return (sink) => {
    const bus = ports && openBus(ports, name)
    return ports && bus ? share({ ...options, ports, bus }, sink) : open(environment)(sink)
  }
}

type Role = Following | Leading

const share = (
  {
    environment,
    ports,
    bus,
    name,
    open,
    canAsk,
    isReadable = () => true,
  }: TabsOptions & { ports: TabPorts; bus: HeardBus },
  sink: Sink,
): Link => {
  const self = nameOf(environment)
  const owed = createOwed(self, environment.nowMs)
  const tail = createTail()
  let stopped = false
  let hasReported = false

  const read = (data: unknown): void => {
    const message = readMessage(data)
    if (stopped) return
    if (message.name !== 'unreadable') return hear(message)
    if (!hasReported) sink.report(unreadable(message.misfit))
    hasReported = true
  }

  const post = (message: Message): void => {
    try {
      bus.post(writeMessage(message))
    } catch (cause) {
      sink.report(
        new CartEchoError('invalid-payload', 'A broadcast cannot be handed to the other tabs: it is no JSON.', {
          cause,
        }),
      )
    }
  }

  const hear = (message: Message): void => {
    if (message.name === 'note') sink.note(message.note)
    else role.hear(message)
  }

  const take = ({ ids, reply, asOfMs }: LeaderMessage & { name: 'reply' }): void => {
    const dated = { ...reply, asOfMs: Math.min(asOfMs, environment.nowMs()) }
    const isMine = owed.settle(ids, dated)
    if (!isMine && dated.name !== 'unanswered') sink.answer(dated, dated.asOfMs)
  }

  const parts = { environment, self, sink, post, take, pending: owed.all, lost: owed.lost }

  const begin = (steal: boolean): Stop => ports.lock(name, { steal, granted: promote, lost: demote, refused: promote })

  // The page's own Echo may throw; another role is taken up all the same.
  const quit = (): void => stopLink(role.stop, sink.report)

  const promote = (): void => {
    if (stopped) return
    quit()
    const leading = lead({ ...parts, known: role.leader(), open, tail, isReadable })
    role = leading
    leading.begin()
  }

  const demote = (): void => {
    quit()
    if (stopped) return
    // It goes no further from now on: to ask from there, some day, would be to ask for what everybody knows.
    tail.set({ ...noTail, doubts: tail.get().doubts })
    role = followOn(role.leader())
    leave = begin(false)
  }

  const takeOver = (): void => {
    // Whoever was told may have stopped us.
    if (stopped) return
    leave()
    leave = begin(true)
  }

  const followOn = (known: ReturnType<Role['leader']>): Following => follow({ ...parts, known, takeOver })

  let role: Role = followOn(null)
  let leave = begin(false)
  bus.hearWith(read)

  const ask = (query: Query): Promise<Reply> => {
    const { ask, answered } = owed.add(query)
    role.ask(ask)
    return answered
  }

  return {
    ...(canAsk ? { ask } : {}),
    tell: (note: TabNote) => post({ name: 'note', from: self, note }),
    stop: () => {
      if (stopped) return
      post({ name: 'bye', from: self })
      stopped = true
      try {
        role.stop()
      } finally {
        // Or nobody else could lead.
        leave()
        bus.close()
        owed.end()
      }
    },
  }
}

const createTail = () => {
  let tail: Tail = noTail
  return {
    get: () => tail,
    set: (next: Tail) => {
      tail = next
    },
  }
}

const nameOf = (environment: Environment): string =>
  [0, 1].map(() => Math.floor(environment.random() * 2 ** 48).toString(36)).join('')

type HeardBus = Bus & { hearWith(hear: (data: unknown) => void): void }

// A page may have locks and no line, such as one whose frame forbids it.
const openBus = (ports: TabPorts, name: string): HeardBus | null => {
  let hear: (data: unknown) => void = () => undefined
  try {
    const bus = ports.openBus(name, (data) => hear(data))
    const hearWith = (next: typeof hear): void => {
      hear = next
    }
    return { ...bus, hearWith }
  } catch {
    return null
  }
}

const unreadable = (misfit: Parameters<typeof report>[0]): CartEchoError => {
  const wrong = report(misfit)
  const words = `Another tab said what cannot be read: ${wrong.path || 'it'} should be ${wrong.expected}. It is passed over.`
  return new CartEchoError('invalid-payload', words, { report: wrong })
}
