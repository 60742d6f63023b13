export { type EchoTransportOptions, echoTransport } from './connections/echo'
export type { EchoLike, EchoSource, OpenableEcho } from './connections/echo/shape'
export type { AbortSignalLike, Signal } from './engine/abort'
export type { Answer, BareAnswer, CheckPolicy, LoggedEvent, Meaning } from './engine/answer'
export type { CartEcho, ChangeListener, ListenOptions } from './engine/cart-echo'
export { type ClientOptions, createClient } from './engine/client'
export { type Cursor, formatCursor, parseCursor } from './engine/cursor'
export type { OnError, Source } from './engine/emitter'
export type { Audience, Bus, Environment, LockRequest, PageSignal, Stop, TabPorts } from './engine/environment'
export { CartEchoError, type CartEchoErrorCode, type CartEchoErrorDetails, type PayloadReport } from './engine/errors'
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
} from './engine/events'
export { type EventDefinition, type EventOption, type Listening, readListening } from './engine/events'
export type { PageIdentity } from './engine/identity'
export type { News } from './engine/news'
export { type PageLifeOptions, pageLife } from './engine/page-life'
export type { Hold, Refresh, RefreshOptions, RefreshRequest } from './engine/refresh'
export type { CheckOptions, CheckResult } from './engine/session'
export { readChannel, USER_CHANNEL } from './engine/settings'
export type {
  ConnectingReason,
  Connection,
  ConnectionFact,
  IdleReason,
  PollingReason,
  RefusedReason,
  WaitingReason,
} from './engine/state'
export { type AskCheck, type SyncOptions, sync } from './engine/sync'
export type { GapReason, Link, Query, Reply, Said, Sink, TabNote, Transport } from './engine/transport'
export { type Check, type CheckRequest, createCheck } from './page/check'
export type { CartDomEventMap } from './page/dom-events'
export { browserEnvironment, browserTabs } from './page/environment'
export type { Provided } from './page/request'
export { type TabsNameParts, type TabsOptions, tabs, tabsName } from './tabs/tabs'
