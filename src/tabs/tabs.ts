import type { Audience, Environment, Stop, TabPorts } from '../engine/environment'
import { gone, type Link, type Query, type Reply, type Sink, stopLink, type Transport } from '../engine/transport'
import { isFromLeader, type Message, openBus, type Settled } from './bus'
import { follow, type PendingAsk, type Tab } from './follow'
import { lead } from './lead'
import { createConfirmation } from './relay'

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
   * Asks the check by this tab alone. That the log begins anew or is another customer's is then not believed on another
   * tab's word: any script of the origin may speak on the bus. Default: it is.
   */
  readonly confirm?: ((query: Query, signal: AbortSignal) => Promise<Reply>) | undefined
}

/**
 * One transport for all tabs of a shopper. They elect a leader (Web Locks), which opens the transport and hands on what
 * it brings (BroadcastChannel). The others make no request and open no socket; they ask the check through the leader,
 * which answers from memory where it can. When the leader's page ends, freezes or hangs, another takes over. A second
 * leader, if ever there are two, costs a connection: every tab goes on from its own cursor. Where locks are refused, or
 * are taken again and again while no leader is heard, each tab feeds itself. Never throws.
 */
export const tabs = (options: TabsOptions): Transport => {
  const { environment, ports, open } = options
  return (sink) => (ports && share(options, ports, sink)) ?? open(environment)(sink)
}

/** After stealing the lock so often without hearing a leader: the bus is mute, or somebody always steals it back. */
const MOST_SILENT_THEFTS = 2

const share = (options: TabsOptions, ports: TabPorts, sink: Sink): Link | null => {
  const { environment, name, canAsk, confirm } = options
  const self = [0, 1].map(() => Math.floor(environment.random() * 2 ** 48).toString(36)).join('')
  const pending = new Map<string, PendingAsk>()
  let asked = 0
  let stopped = false
  let silentThefts = 0

  const hear = (message: Message): void => {
    if (stopped) return
    if (isFromLeader(message)) {
      silentThefts = 0
      if (tab.isAlone) beginToFollow()
    }
    if (message.name !== 'note') role.hear(message)
    else if (message.note.name === 'other-user' && confirmation) confirmation.ofOwner()
    else sink.note(message.note)
  }

  // Messages come in later tasks, when there is a role to hear them.
  const bus = openBus(ports, name, self, hear, sink.report)
  if (!bus) return null

  const take = ({ ids, reply, asOfMs }: Settled): void => {
    const dated = { ...reply, asOfMs: Math.min(asOfMs, environment.nowMs()) }
    const mine = ids.flatMap((id) => pending.get(id) ?? [])
    for (const { id, resolve } of mine) {
      pending.delete(id)
      resolve(dated)
    }
    if (mine.length === 0 && dated.name !== 'unanswered') sink.answer(dated, dated.asOfMs)
  }

  const { post } = bus
  const tab: Tab = { environment, self, sink, post, pending, take, leader: null, isAlone: false }
  const confirmation = confirm ? createConfirmation(tab, confirm) : null

  // The page's own Echo may throw; the next role is taken up all the same.
  const quit = (): void => stopLink(role.stop, sink.report)

  const beginToFollow = (): void => {
    tab.isAlone = false
    quit()
    role = follow(tab, takeOver, confirmation)
  }

  const beginToLead = (): void => {
    quit()
    const leading = lead(tab, options)
    role = leading
    leading.begin()
  }

  const waitForLock = (steal: boolean): Stop =>
    ports.lock(name, { steal, granted: promote, lost: demote, refused: promote })

  const promote = (): void => {
    if (!stopped && !tab.isAlone) beginToLead()
    tab.isAlone = false
  }

  const demote = (): void => {
    if (stopped) return
    beginToFollow()
    leave = waitForLock(false)
  }

  const takeOver = (): void => {
    // A listener may have stopped us.
    if (stopped) return
    leave()
    silentThefts += 1
    tab.isAlone = silentThefts > MOST_SILENT_THEFTS
    // Alone, it waits for the lock all the same: whoever has it may go.
    leave = waitForLock(!tab.isAlone)
    if (tab.isAlone) beginToLead()
  }

  let role: ReturnType<typeof follow | typeof lead> = follow(tab, takeOver, confirmation)
  let leave = waitForLock(false)

  const ask = (query: Query): Promise<Reply> => {
    confirmation?.asked(query)
    asked += 1
    const id = `${self}:${asked}`
    return new Promise((resolve) => {
      const own = { id, query, resolve, sentAtMs: environment.nowMs() }
      pending.set(id, own)
      role.ask(own)
    })
  }

  return {
    ...(canAsk ? { ask } : {}),
    tell: (note) => post({ name: 'note', note }),
    stop: () => {
      if (stopped) return
      post({ name: 'bye' })
      stopped = true
      try {
        role.stop()
      } finally {
        // Otherwise nobody else could lead.
        leave()
        bus.close()
        confirmation?.stop()
        for (const { resolve } of pending.values()) resolve(gone())
        pending.clear()
      }
    },
  }
}

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
 * The name of the lock and of the bus. Two customers, shops, tenants, environments or versions on one origin never have the same;
 * null where nothing tells a visitor from the next one, or a shop from its neighbour: that tab stands alone.
 */
export const tabsName = ({ user, owner, channel, key, check, events }: TabsNameParts): string | null =>
  owner === null && (user === null || (key === null && check === null))
    ? null
    : `cart-echo/${PROTOCOL} ${JSON.stringify([user, owner, channel, key, check, [...events].sort()])}`
