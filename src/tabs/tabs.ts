import type { Stop } from '../engine/environment'
import type { Query } from '../engine/transport'
import type { Alone, Together } from './alone'
import { createPost, createReader, isFromLeader, type Message, type Settled } from './bus'
import { createConfirmation } from './confirm'
import { follow, type Tab } from './follow'
import { lead, MOST_OTHERS } from './lead'

/** After stealing the lock so often without hearing a leader: the bus is mute, or somebody always steals it back. */
const MOST_SILENT_THEFTS = 2

/**
 * Goes on for a tab that was alone, now that another is there. The tabs elect a leader (Web Locks), which hands on what its feed
 * brings (BroadcastChannel). The others make no request and open no socket; they ask the check through the leader,
 * which answers from memory where it can. When the leader's page ends, freezes or hangs, another takes over. A second
 * leader, if ever there are two, costs a connection: every tab goes on from its own cursor. Where locks are refused, or
 * are taken again and again while no leader is heard, each tab feeds itself. Never throws.
 */
export const joinTabs = (alone: Alone): Together => {
  const { options, ports, sink, self, bus, pending, feed, newFeed, hasLock } = alone
  const { environment, name, confirmBy } = options
  let stopped = false
  let silentThefts = 0
  const others = new Set<string>()
  let told = ''

  // For tools; each change once. Last in whatever is done: whoever is told may ask, or stop us.
  const tellTabs = (): void => {
    const seen = { self, leader: tab.leader?.from ?? null, others: [...others] }
    const words = JSON.stringify(seen)
    if (stopped || words === told) return
    told = words
    sink.note({ name: 'tabs', ...seen })
  }

  const hear = (message: Message): void => {
    const { name, from } = message
    if (name === 'bye') others.delete(from)
    else if (others.size < MOST_OTHERS) others.add(from)
    obey(message)
    tellTabs()
  }

  const obey = (message: Message): void => {
    if (isFromLeader(message)) {
      silentThefts = 0
      if (tab.isAlone) beginToFollow()
    }
    if (message.name !== 'note') role.hear(message)
    else if (message.note.name === 'other-user' && confirmation) confirmation.ofOwner()
    else sink.note(message.note)
  }

  const take = ({ ids, reply, asOfMs }: Settled): void => {
    const dated = { ...reply, asOfMs: Math.min(asOfMs, environment.nowMs()) }
    const mine = ids.flatMap((id) => pending.get(id) ?? [])
    for (const { resolve } of mine) resolve(dated)
    if (mine.length === 0 && dated.name !== 'unanswered') sink.answer(dated, dated.asOfMs)
  }

  const post = createPost(bus, self, sink.report)
  const isAlone = feed !== null && !hasLock
  const tab: Tab = { environment, self, sink, post, pending, take, leader: null, isAlone }
  const confirmation = confirmBy ? createConfirmation(tab, confirmBy) : null
  const asked = (query: Query): void => confirmation?.asked(query)

  // The page's own Echo may throw; the next role is taken up all the same.
  const quit = (): void => alone.end(role.stop)

  const beginToFollow = (): void => {
    tab.isAlone = false
    quit()
    role = follow(tab, takeOver, confirmation)
  }

  const beginToLead = (): void => {
    quit()
    const leading = lead(tab, newFeed(), options.keep)
    role = leading
    leading.begin()
    tellTabs()
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

  let role: ReturnType<typeof follow | typeof lead>
  let leave = alone.leave
  if (alone.last) asked(alone.last)
  if (feed) {
    const leading = lead(tab, feed, options.keep)
    role = leading
    leading.begin()
    if (isAlone) {
      leave = waitForLock(false)
      // Whoever leads answers, and is followed from then on.
      post({ name: 'hello', isVisible: environment.isVisible(), look: null, leader: tab.leader })
    }
  } else role = follow(tab, takeOver, confirmation)

  return {
    hear: createReader(hear, sink.report),
    ask: (own) => {
      asked(own.query)
      role.ask(own)
    },
    granted: promote,
    lost: demote,
    refused: promote,
    stop: () => {
      stopped = true
      try {
        role.stop()
      } finally {
        leave()
        confirmation?.stop()
      }
    },
  }
}
