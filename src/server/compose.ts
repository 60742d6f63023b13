import { createDisturbances, createFaultyWire, type Disturbances, disturbed } from './faults/disturbances'
import { createFaultRoutes } from './faults/fault-routes'
import { createFaults } from './faults/faults'
import { createCounter } from './faults/seen'
import { createVault } from './faults/shop-faults'
import { createPort, createTimers, type Port, type Stage } from './faults/stage'
import { withCors } from './http/cors'
import { firstOf } from './http/routes'
import type { Listening } from './listen'
import { createPages } from './pages'
import type { Application } from './reverb/application'
import type { Publication } from './reverb/publication'
import { createRenewableReverb, type RenewableReverb, startReverb } from './reverb/reverb'
import type { CheckPolicy } from './shop/check'
import { isTooLarge } from './shop/publish'
import { underOwnName } from './shop/sessions'
import { createShop, type Shop, type ShopOptions } from './shop/shop'

/** What a server is put together from. */
export interface Parts
  extends Pick<ShopOptions, 'level' | 'channelRule' | 'autoLogin' | 'keptEntries' | 'sweepEveryMs' | 'place'> {
  /** The shop's own first. */
  readonly applications: readonly [Application, ...Application[]]
  /** The largest publish, in bytes. */
  readonly maxRequestSize: number
  /** The other origins whose pages may call. */
  readonly allowedOrigins: readonly string[]
  /** What pages are told as long as nothing is wrong. */
  readonly policy: CheckPolicy
  /** Where pages lie. */
  readonly folder: string
  /** What pages have for headers, over their usual ones. */
  readonly pageHeaders: Readonly<Record<string, string>>
  readonly listening: Listening
  onLog(line: string): void
}

/** Puts Reverb, shop, pages and faults together. Nothing is served yet. */
export const compose = (parts: Parts) => {
  const { applications, maxRequestSize, listening, place, onLog } = parts
  const [disturbances, counter, port] = [createDisturbances(), createCounter(), createPort(listening)]
  const { wire, arrived } = createFaultyWire(disturbances, counter)
  const reverb = createRenewableReverb(() => startReverb({ applications, maxRequestSize, wire, onLog }))
  const broadcast = (publication: Publication): boolean => {
    if (isTooLarge(publication, maxRequestSize)) return false
    reverb.current().publish(publication)
    return arrived(publication)
  }
  const shop = openShop(parts, { disturbances, reverb, broadcast })
  const faults = createFaults(disturbances, stageOf({ disturbances, reverb, port, listening, shop }))
  const pages = createPages({ folder: parts.folder, headers: parts.pageHeaders, dress: shop.dress })
  const front = underOwnName(firstOf([shop.handle, pages]), place.hostname)
  const served = firstOf([(call) => reverb.current().handle(call), front])
  const handle = firstOf([
    createFaultRoutes({ faults, counter, ownName: place.hostname }),
    withCors(disturbed(served, disturbances, counter), parts.allowedOrigins),
  ])
  return { disturbances, counter, port, reverb, shop, faults, handle }
}

interface Surroundings {
  readonly disturbances: Disturbances
  readonly reverb: RenewableReverb
  broadcast(publication: Publication): boolean
}

const openShop = (parts: Parts, { disturbances, reverb, broadcast }: Surroundings): Shop =>
  createShop({
    ...parts,
    application: parts.applications[0],
    broadcast,
    sockets: () => reverb.current().sockets(),
    now: disturbances.now,
    policy: () => disturbances.policy(parts.policy),
    replica: (view) => disturbances.replica({ view, says: 'reset' }),
  })

interface House {
  readonly disturbances: Disturbances
  readonly reverb: RenewableReverb
  readonly port: Port
  readonly listening: Listening
  readonly shop: Shop
}

const stageOf = ({ disturbances, reverb, port, listening, shop }: House): Stage => ({
  timers: createTimers(),
  connections: () => reverb.current().connections(),
  closePort: port.close,
  endConnections: listening.endConnections,
  renewReverb: reverb.renew,
  forget: shop.memory.forget,
  sessions: shop.memory.sessions,
  database: shop,
  vault: createVault(shop.backup()),
  customerOf: (call) => shop.memory.sessions.find(call.headers.cookie)?.customer ?? null,
  now: disturbances.now,
})
