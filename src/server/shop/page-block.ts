import type { Id } from '../../engine/events'
import type { Place } from '../http/host'
import type { Application } from '../reverb/application'
import { CHECK_PATH, type CheckPolicy } from './check'
import { keepsLog, type Level, type LogBook } from './owner-log'
import type { Customer } from './sessions'

/** What a page tells the SDK (docs/protocol.md). A server of level `guide` knows neither owner nor cursor. */
export interface PageBlock {
  readonly user: Id
  readonly owner?: string
  readonly cursor?: string
  readonly enabled: boolean
  readonly channel: string
  readonly check: { readonly url: string; readonly interval_ms: number }
  readonly reverb: { readonly key: string; readonly host: string; readonly port: number; readonly scheme: 'http' }
}

/** What a block is made from. */
export interface PageBlockOptions {
  readonly application: Application
  readonly level: Level
  readonly logs: LogBook
  /** What pages are told at the moment. */
  policy(): CheckPolicy
  ownerOf(customer: Customer): string
}

/** The block of a customer's page that is served at a place. To be made before the cart is read. */
export const pageBlock = (options: PageBlockOptions, customer: Customer, place: Place): PageBlock => {
  const { enabled, pollMs } = options.policy()
  return {
    user: customer.id,
    ...(keepsLog(options.level) ? { owner: options.ownerOf(customer), cursor: options.logs.of(customer).head() } : {}),
    enabled,
    channel: 'App.Models.User.{user}',
    check: { url: CHECK_PATH, interval_ms: pollMs },
    reverb: { key: options.application.key, host: place.hostname, port: place.port, scheme: 'http' },
  }
}

/** The script element that carries a block. Nothing in it can end the element or start another. */
export const pageBlockScript = (block: PageBlock): string =>
  `<script type="application/json" data-cart-echo>${escapeJson(JSON.stringify(block))}</script>`

const escapeJson = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
