export type { AbortSignalLike, Signal } from './core/abort'
export type { CartEcho, ChangeListener, ListenOptions } from './core/cart-echo'
export type { Checked, CheckOptions } from './core/checking'
export type {
  ConnectingReason,
  Connection,
  IdleReason,
  PollingReason,
  RefusedReason,
  WaitingReason,
} from './core/connection'
export type { OnError } from './core/emitter'
export type { Stop } from './core/environment'
export { CartEchoError, type CartEchoErrorCode, type CartEchoErrorDetails, type PayloadReport } from './core/errors'
export type {
  CartChanges,
  CartConditionsChanged,
  CartEchoBlock,
  CartEventMap,
  CartEventName,
  CartTotals,
  Change,
  ChangedCondition,
  ChangeMeta,
  DomEventName,
  Id,
} from './core/events'
export type { Hold } from './core/hold'
export type { EventDefinition, EventOption } from './core/listening'
export type { News } from './core/news'
export type { CartEchoNotice } from './core/notice'
export type { Refresh, RefreshOptions, RefreshRequest } from './core/refresh'
export type { ReverbSettings } from './core/reverb-settings'
export type { PageIdentity } from './core/shopper'
export type { Source } from './core/source'
export { type CartEchoOptions, type CheckSettings, createCartEcho } from './create-cart-echo'
export type { CartDomEventMap } from './dom/event-map'
export { type PageSettings, type ReadPageOptions, readPage } from './dom/page'
export type { Provided } from './http/provided'
export type { CheckRequest } from './transports/check'
export type { EchoLike, EchoSource, OpenableEcho } from './transports/echo/shape'
