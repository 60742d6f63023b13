export type { CartEchoServer, ShopPeople } from './cart-echo-server'
export { CartEchoServerError, type CartEchoServerErrorCode } from './errors'
export type {
  AnswerFault,
  CallSpan,
  CallTarget,
  ChallengeFault,
  HangFault,
  LateFault,
  MaintenanceFault,
  RedirectFault,
  SlowFault,
} from './faults/call-faults'
export type { DropFault, DuplicateFault, EventSpan, ReorderFault, Which } from './faults/event-faults'
export type { Fault, FaultKind, FaultOf, FaultReport, Span } from './faults/fault'
export type { FaultList, Faults, StartedFault } from './faults/faults'
export type { ByStatus, Seen } from './faults/seen'
export type {
  BackupFault,
  LagFault,
  LoseSessionFault,
  NewEpochFault,
  PolicyFault,
  PruneFault,
  RestartFault,
  RestartOptions,
  RestoreFault,
  SkewFault,
  SwapSessionFault,
} from './faults/shop-faults'
export type {
  DelayFault,
  ErrorFault,
  KillFault,
  RefuseFault,
  RejectSignaturesFault,
  SilenceFault,
} from './faults/socket-faults'
export type { Direction, Directions, FaultScope, ProxyFault } from './proxy/fault'
export type { ConnectionEnd, ConnectionEvent, ConnectionLog } from './proxy/log'
export { type FaultProxy, type FaultProxyOptions, type Lift, startFaultProxy } from './proxy/start-fault-proxy'
export type { Application, RateLimit } from './reverb/application'
export type { ChannelRule } from './shop/channel-auth'
export type { CheckPolicy, PolicyChange } from './shop/check'
export type { Backup, DatabaseWork } from './shop/memory'
export type { Level } from './shop/owner-log'
export type { PromotionResult, Promotions } from './shop/promotions'
export type { Broadcast, Publish, Published } from './shop/publish'
export type { ShopState } from './shop/state'
export type { StartServerOptions } from './start-options'
export { startServer } from './start-server'
