import type { Bus, LockRequest, Stop, TabPorts } from '../engine/environment'
import { CartEchoError } from '../engine/errors'

/** Runs something in a page later: word of a lock, or a message on one of the page's open channels. */
export type Carry<Page> = (page: Page, run: () => void, channel: object | null) => void

/** Who has a lock, or waits for it. */
export interface Claim<Page> {
  readonly page: Page
  /** The lock's. */
  readonly name: string
  readonly isHolder: boolean
}

/** What the pages of one browser share: locks and channels. How words get from one to the other is somebody else's. */
export interface Shared<Page> {
  readonly portsOf: (page: Page) => TabPorts
  /** Of all locks there are: holders first, then in the order of the queue. */
  readonly claims: () => readonly Claim<Page>[]
  /** Whose the channels are that are open. */
  readonly channels: () => readonly Page[]
}

interface Held<Page> {
  readonly page: Page
  readonly request: LockRequest
  isOver: boolean
}

interface Channel<Page> {
  readonly name: string
  readonly page: Page
  readonly hear: (message: unknown) => void
}

/** Opens what nobody shares yet. */
export const openShared = <Page>(carry: Carry<Page>): Shared<Page> => {
  const locks = new Map<string, { holder: Held<Page> | null; queue: Held<Page>[] }>()
  const channels = new Set<Channel<Page>>()

  const lockOf = (name: string) => {
    const lock = locks.get(name) ?? { holder: null, queue: [] }
    locks.set(name, lock)
    return lock
  }

  const tellSoon = (claim: Held<Page>, word: 'granted' | 'lost'): void => {
    const tell = (): void => {
      if (claim.isOver) return
      if (word === 'lost') claim.isOver = true
      claim.request[word]()
    }
    carry(claim.page, tell, null)
  }

  const grantNext = (name: string): void => {
    const lock = lockOf(name)
    if (lock.holder) return
    lock.holder = lock.queue.shift() ?? null
    if (lock.holder) tellSoon(lock.holder, 'granted')
  }

  const lockBy =
    (page: Page): TabPorts['lock'] =>
    (name, request): Stop => {
      const claim: Held<Page> = { page, request, isOver: false }
      const lock = lockOf(name)
      if (request.steal) {
        if (lock.holder) tellSoon(lock.holder, 'lost')
        lock.holder = null
        lock.queue.unshift(claim)
      } else lock.queue.push(claim)
      grantNext(name)
      return () => {
        claim.isOver = true
        lock.queue = lock.queue.filter((other) => other !== claim)
        if (lock.holder === claim) lock.holder = null
        grantNext(name)
      }
    }

  const busOf =
    (page: Page): TabPorts['openBus'] =>
    (name, hear): Bus => {
      const channel: Channel<Page> = { name, page, hear }
      channels.add(channel)
      const post = (message: unknown): void => {
        if (!channels.has(channel)) throw new CartEchoError('invalid-options', CLOSED)
        const copy = cloned(message)
        for (const other of channels) {
          if (other === channel || other.name !== name) continue
          const arrive = (): void => {
            if (channels.has(other)) other.hear(cloned(copy))
          }
          carry(other.page, arrive, other)
        }
      }
      return { post, close: () => channels.delete(channel) }
    }

  return {
    portsOf: (page) => ({ lock: lockBy(page), openBus: busOf(page) }),
    claims: () =>
      [...locks].flatMap(([name, { holder, queue }]) => [
        ...(holder ? [{ page: holder.page, name, isHolder: true }] : []),
        ...queue.map(({ page }) => ({ page, name, isHolder: false })),
      ]),
    channels: () => [...channels].map(({ page }) => page),
  }
}

// As a BroadcastChannel says.
const CLOSED = 'This channel to the other tabs is closed.'

// Not by structuredClone, which jsdom has not.
const cloned = (value: unknown): unknown => {
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new CartEchoError('invalid-options', 'A function or a symbol cannot be sent to another tab.')
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(cloned)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cloned(inner)]))
}
