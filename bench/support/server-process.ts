import type { Fault, RestartOptions, Seen, StartServerOptions } from '../../src/server'
import { openShop, type Shop } from '../../test/support/shop'
import type { Shown } from './page-log'

/** What the server's process does for the one that measures. */
export interface ServerCalls {
  /** Starts the server, and logs the customer in whose pages are measured. */
  open(options: StartServerOptions): Promise<OpenedServer>
  /** Publishes one more change, with a total that none had before. */
  publish(): Promise<Shown>
  /** Publishes one at once and then every so often; null: no more. */
  publishEvery(everyMs: number | null): Promise<void>
  /** Restarts the server. Resolves when it is up again, with that moment. */
  restart(how: RestartOptions): Promise<number>
  /** Starts a fault. Resolves at once. */
  fault(fault: Fault): Promise<void>
  /** Resolves when all faults are over, with that moment. */
  faultsOver(): Promise<number>
  /** When each socket was opened, in milliseconds of the clock. */
  socketsOpened(): Promise<readonly number[]>
  /** How many sockets are open. */
  sockets(): Promise<number>
  /** What came by since it was opened. */
  seen(): Promise<Seen>
}

/** What pages need to reach the server. */
export interface OpenedServer {
  readonly url: string
  readonly reverb: { readonly key: string; readonly host: string; readonly port: number; readonly scheme: 'http' }
  readonly cookie: string
}

/** What goes to the server's process: a call. */
export interface Asked {
  readonly id: number
  readonly name: keyof ServerCalls
  readonly given: unknown
}

/** What comes from it: the answer to a call, or a change that it published. */
export type Told =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly published: Shown }

const CUSTOMER = 1
const OPENED = /^socket \S+ opened$/

const createCalls = (tell: (told: Told) => void): ServerCalls => {
  const opened: number[] = []
  const over: Promise<void>[] = []
  let shop: Shop | null = null
  let changes = 0
  let timer: NodeJS.Timeout | undefined

  const server = () => {
    if (!shop) throw new Error('There is no server yet.')
    return shop.server
  }

  const publish = (): Shown => {
    changes += 1
    const total = `RM${changes}.00`
    const { publishedAtMs } = server().shop.publish(CUSTOMER, 'cart.conditions.changed', {
      message: 'Your cart was updated due to a promotion change',
      changes: { condition_removed: 'Raya Sale', new_subtotal: total, new_total: total, savings: 'RM0.00' },
      timestamp: new Date().toISOString(),
    })
    const published = { total, atMs: publishedAtMs }
    tell({ published })
    return published
  }

  return {
    open: async (options) => {
      const onLog = (line: string): void => {
        if (OPENED.test(line)) opened.push(Date.now())
      }
      shop = await openShop({ ...options, onLog })
      const { url, reverb } = shop.server
      return { url, reverb, cookie: (await shop.logIn(CUSTOMER)).Cookie }
    },
    publish: async () => publish(),
    publishEvery: async (everyMs) => {
      clearInterval(timer)
      if (everyMs === null) return
      publish()
      timer = setInterval(publish, everyMs)
    },
    restart: async (how) => {
      await server().restart(how)
      return Date.now()
    },
    fault: async (fault) => {
      over.push(server().faults.start(fault).ended)
    },
    faultsOver: async () => {
      await Promise.all(over)
      return Date.now()
    },
    socketsOpened: async () => opened,
    sockets: async () => server().sockets(),
    seen: async () => server().seen(),
  }
}

const tell = (told: Told): void => void process.send?.(told)

const calls = createCalls(tell)

process.on('message', ({ id, name, given }: Asked) => {
  // The name and what is given belong together, which the compiler cannot follow across the two processes.
  const call = calls[name] as (given: unknown) => Promise<unknown>
  call(given).then(
    (value) => tell({ id, value }),
    (error) => tell({ id, error: String(error) }),
  )
})
process.on('disconnect', () => process.exit())
