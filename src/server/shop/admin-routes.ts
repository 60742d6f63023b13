import { CartEchoServerError } from '../errors'
import { type Call, type Handler, isObject, readFields } from '../http/call'
import { json, PRIVATE, type Reply } from '../http/reply'
import { firstOf, route } from '../http/routes'
import type { PromotionResult, Promotions } from './promotions'
import type { Publish } from './publish'
import { refuseOtherSite } from './sessions'
import type { ShopState } from './state'

/** What the admin page works on. */
export interface AdminRouteOptions {
  readonly promotions: Promotions
  readonly publish: Publish
  state(): ShopState
  /** The host name the server was started with: also a name of ours. */
  readonly ownName: string
}

const MAX_BURST = 100

/** What the admin page calls. No log-in: this is a demo on one's own machine, guarded against other sites only. */
export const createAdminRoutes = ({ promotions, publish, state, ownName }: AdminRouteOptions): Handler => {
  const guarded =
    (act: (call: Call) => Reply) =>
    (call: Call): Reply =>
      refuseOtherSite(call, ownName) ?? act(call)

  const told = (act: (call: Call) => unknown) => guarded((call) => attempt(() => act(call)))

  const post = (pattern: string, act: (name: string) => PromotionResult): Handler =>
    route('POST', pattern, (call, { name = '' }) => told(() => act(name))(call))

  return firstOf([
    route('GET', '/admin/state', told(state)),
    post('/admin/conditions/:name/remove-from-all', promotions.removeFromAll),
    post('/admin/conditions/:name/apply-to-all', promotions.applyToAll),
    route(
      'POST',
      '/admin/burst',
      told((call) => burst(promotions, call)),
    ),
    route(
      'POST',
      '/admin/events',
      guarded((call) => publishEvent(publish, call)),
    ),
  ])
}

const burst = (promotions: Promotions, call: Call): PromotionResult => {
  const { times, name } = readFields(call)
  const wanted = Math.trunc(Number(times ?? 10)) || 0
  return promotions.burst(typeof name === 'string' ? name : 'raya-sale', Math.min(MAX_BURST, Math.max(1, wanted)))
}

const EVENT_TAKES = 'Send { "customer": 1, "event": "cart.stock.changed", "payload": { … } }.'

const publishEvent = (publish: Publish, call: Call): Reply => {
  const { customer, event, payload } = readFields(call)
  const isId = typeof customer === 'string' || typeof customer === 'number'
  if (!isId || typeof event !== 'string' || event === '' || !isObject(payload))
    return json(422, { message: EVENT_TAKES }, PRIVATE)
  return attempt(() => publish(customer, event, payload))
}

const attempt = (act: () => unknown): Reply => {
  try {
    return json(200, act(), PRIVATE)
  } catch (error) {
    if (error instanceof CartEchoServerError) return json(404, { message: error.message }, PRIVATE)
    throw error
  }
}
