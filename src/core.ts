export type { AbortSignalLike, Signal } from './core/abort'
export type { Answer, BareAnswer, CheckPolicy, LoggedEvent, Meaning } from './core/answer'
export type { CartEcho, ChangeListener, ListenOptions } from './core/cart-echo'
export { readChannel, USER_CHANNEL } from './core/channel'
export type { Checked, CheckOptions } from './core/checking'
export { type ClientOptions, createClient } from './core/client'
export type {
  ConnectingReason,
  Connection,
  ConnectionFact,
  IdleReason,
  PollingReason,
  RefusedReason,
  WaitingReason,
} from './core/connection'
export { type Cursor, formatCursor, parseCursor } from './core/cursor'
export type { OnError } from './core/emitter'
export type { Audience, Environment, PageSignal, Stop } from './core/environment'
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
export { type EventDefinition, type EventOption, type Listening, readListening } from './core/listening'
export type { News } from './core/news'
export type { Refresh, RefreshOptions, RefreshRequest } from './core/refresh'
export type { PageIdentity } from './core/shopper'
export type { Source } from './core/source'
export type { Bus, LockRequest, TabPorts } from './core/tab-ports'
export type { GapReason, Link, Query, Reply, Said, Sink, TabNote, Transport } from './core/transport'
export { browserEnvironment } from './dom/environment'
export type { CartDomEventMap } from './dom/event-map'
export { browserTabs } from './dom/tab-ports'
export type { Provided } from './http/provided'
export { type Check, type CheckRequest, createCheck } from './transports/check'
export { type EchoTransportOptions, echoTransport } from './transports/echo'
export type { EchoLike, EchoSource, OpenableEcho } from './transports/echo/shape'
export { type PageLifeOptions, pageLife } from './transports/page-life'
export { type AskCheck, type SupplyOptions, supply } from './transports/supply'
export { type TabsOptions, tabs } from './transports/tabs'
export { type TabsNameParts, tabsName } from './transports/tabs/name'
