export { type CartEchoOptions, type CheckSettings, createCartEcho } from './create-cart-echo'
export type { AbortSignalLike, Signal } from './engine/abort'
export type { CartEcho, ChangeListener, ListenOptions } from './engine/cart-echo'
export type { OnError, Source } from './engine/emitter'
export type { Stop } from './engine/environment'
export { CartEchoError, type CartEchoErrorCode, type CartEchoErrorDetails, type PayloadReport } from './engine/errors'
export type {
  CartChanges,
  CartConditionsChanged,
  CartEchoBlock,
  CartEchoNotice,
  CartEventMap,
  CartEventName,
  CartTotals,
  Change,
  ChangedCondition,
  ChangeMeta,
  DomEventName,
  EventDefinition,
  EventOption,
  Id,
} from './engine/events'
export type { PageIdentity } from './engine/identity'
export type { News } from './engine/news'
export type { Hold, Refresh, RefreshOptions, RefreshRequest } from './engine/refresh'
export type { CheckOptions, CheckResult } from './engine/session'
export type { ReverbSettings } from './engine/settings'
export type {
  ConnectingReason,
  Connection,
  IdleReason,
  PollingReason,
  RefusedReason,
  WaitingReason,
} from './engine/state'
export type { Trace } from './engine/trace'
export type { Connector } from './engine/transport'
export { type PageSettings, type ReadPageOptions, readPage } from './page/block'
export type { CheckRequest } from './page/check'
export type { CartDomEventMap } from './page/dom-events'
export type { Provided } from './page/request'
