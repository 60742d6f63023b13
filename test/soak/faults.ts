import type { CallTarget, CartEchoServer, Fault, FaultProxy, ProxyFault } from '../../src/server'

/** Random choices of a run: the same ones for the same seed. */
export interface Chance {
  /** A whole number below this one. */
  readonly below: (count: number) => number
  readonly pick: <Value>(values: readonly Value[]) => Value
}

/** A chance made of random numbers from 0 up to 1. */
export const chanceOf = (random: () => number): Chance => {
  const below = (count: number): number => Math.floor(random() * count)
  return { below, pick: <Value>(values: readonly Value[]) => values[below(values.length)] as Value }
}

/** A fault as it is drawn: of the server, or of the line of one shopper. */
export type DrawnFault =
  | { readonly where: 'server'; readonly fault: Fault }
  | { readonly where: 'line'; readonly fault: ProxyFault; readonly on: 'new' | 'open' | 'all' }

const HTML = { 'Content-Type': 'text/html; charset=utf-8' }
const LATER = { 'Retry-After': '3', 'Content-Type': 'application/json' }
const PAGE = '<!doctype html><title>Something else than the shop</title>'
const SOON_MS = [500, 2_000, 6_000, 12_000]

/** Draws one. `forMs` at most, for what does not end by itself. */
export const drawFault = (chance: Chance): DrawnFault => {
  const forMs = chance.pick(SOON_MS)
  const on = chance.pick<CallTarget>(['check', 'check', 'auth', 'cart'])
  const server = (fault: Fault): DrawnFault => ({ where: 'server', fault })
  const line = (fault: ProxyFault, on: 'new' | 'open' | 'all' = 'all'): DrawnFault => ({ where: 'line', fault, on })
  const scope = chance.pick(['new', 'open', 'all'] as const)
  const direction = chance.pick(['up', 'down', 'both'] as const)
  return chance.pick<() => DrawnFault>([
    () => server({ kind: 'kill' }),
    () => server({ kind: 'refuse', what: chance.pick(['everything', 'sockets']), forMs }),
    () => server({ kind: 'restart', downMs: forMs, what: chance.pick(['everything', 'sockets']) }),
    () => server({ kind: 'silence', sockets: chance.pick(['open', 'all']), forMs }),
    () => server({ kind: 'delay', ms: chance.pick([50, 800, 3_000]), jitterMs: 500, forMs }),
    () => server({ kind: 'error', code: chance.pick([4200, 4201, 4301, 4004]), message: 'Soak', end: 'drop' }),
    () =>
      server({
        kind: 'error',
        code: chance.pick([4001, 4004, 4009, 4200]),
        message: 'Soak',
        at: 'connect',
        end: 'close',
        forMs,
      }),
    () => server({ kind: 'reject-signatures', forMs }),
    () => server({ kind: 'drop', which: { every: chance.pick([1, 2, 3]) }, forMs }),
    () => server({ kind: 'drop', times: chance.pick([1, 4]) }),
    () => server({ kind: 'duplicate', which: { every: 1 }, copies: 3, forMs }),
    () => server({ kind: 'reorder', which: { every: 2 }, after: chance.pick([1, 3]), forMs }),
    () => server({ kind: 'answer', on, status: chance.pick([500, 502, 504]), forMs }),
    () => server({ kind: 'answer', on, status: chance.pick([429, 503]), headers: LATER, body: {}, forMs }),
    () => server({ kind: 'answer', on, status: chance.pick([200, 403, 502]), headers: HTML, body: PAGE, forMs }),
    () => server({ kind: 'answer', on: 'check', status: chance.pick([401, 403, 419, 423]), body: {}, forMs }),
    () => server({ kind: 'answer', on: 'check', status: chance.pick([204, 304]), forMs }),
    () =>
      server({
        kind: 'answer',
        on: 'check',
        status: 200,
        body: chance.pick(['{"updated": tr', '{"updated":true,"message":"bare"}']),
        headers: { 'Content-Type': 'application/json' },
        forMs,
      }),
    () => server({ kind: 'answer', on: 'auth', status: chance.pick([401, 403, 419, 500]), body: {}, forMs }),
    () => server({ kind: 'hang', on, forMs }),
    () => server({ kind: 'late', on, ms: chance.pick([300, 4_000, 11_000]), forMs }),
    () => server({ kind: 'slow', on, bytes: 20, everyMs: 40, forMs }),
    () => server({ kind: 'redirect', on, forMs }),
    () => server({ kind: 'challenge', on, forMs }),
    () => server({ kind: 'lag', entries: chance.pick([1, 3]), forMs }),
    () => line({ kind: 'latency', delayMs: chance.pick([100, 1_500]), jitterMs: 100 }, scope),
    () => line({ kind: 'bandwidth', bytesPerSecond: 1_000, direction }, scope),
    () => line({ kind: 'hang' }, scope),
    () => line({ kind: 'half-open', direction }, scope),
    () => line({ kind: 'reset' }, 'open'),
    () => line({ kind: 'refuse' }, 'new'),
    () => line({ kind: 'truncate', afterBytes: chance.below(3_000), direction }, scope),
    () => line({ kind: 'cut', afterBytes: chance.below(3_000), by: chance.pick(['end', 'reset']), direction }, scope),
    () => line({ kind: 'buffer', direction }, scope),
  ])()
}

/** Whether pages cannot be rendered while it lasts. */
export const closesShop = ({ fault }: DrawnFault): boolean =>
  (fault.kind === 'refuse' || fault.kind === 'restart') && 'what' in fault && fault.what === 'everything'

/** The name it is counted by. */
export const nameOf = ({ where, fault }: DrawnFault): string => {
  const what = 'on' in fault ? `${fault.kind} ${fault.on}` : fault.kind
  return where === 'line' ? `line: ${what}` : what
}

/** Faults that are under way. */
export interface RunningFaults {
  /** Starts one, at the server or in a shopper's line. */
  readonly start: (drawn: DrawnFault, line: FaultProxy, forMs: number) => void
  /** Everything is well again; resolves when the server takes connections. */
  readonly mend: () => Promise<void>
  /** Whether a page can be rendered now. */
  readonly isShopOpen: () => boolean
  readonly byName: () => ReadonlyMap<string, number>
}

/** None yet. */
export const runFaults = (server: CartEchoServer, lines: readonly FaultProxy[]): RunningFaults => {
  const counts = new Map<string, number>()
  const timers = new Set<NodeJS.Timeout>()
  const closed = new Set<Promise<void>>()
  return {
    start: (drawn, proxy, forMs) => {
      counts.set(nameOf(drawn), (counts.get(nameOf(drawn)) ?? 0) + 1)
      if (drawn.where === 'line') {
        const lift = proxy.set(drawn.fault, drawn.on)
        const timer = setTimeout(() => {
          timers.delete(timer)
          void lift()
        }, forMs)
        timers.add(timer)
        return
      }
      const { ended } = server.faults.start(drawn.fault)
      if (!closesShop(drawn)) return
      closed.add(ended)
      void ended.then(() => closed.delete(ended))
    },
    mend: async () => {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      server.faults.clear()
      await Promise.all(lines.map((line) => line.clear()))
      await Promise.all(closed)
    },
    isShopOpen: () => closed.size === 0,
    byName: () => counts,
  }
}
