export type { CartEcho } from '../engine/cart-echo'
export type { CartConditionsChanged, CartEventMap, CartEventName, Change } from '../engine/events'
export type { Connection } from '../engine/state'
export type { CartDomEventMap } from '../page/dom-events'
export { type AnswerOptions, type AnyAnswer, answerNames, type CheckAnswerName, type RawAnswer } from './answers'
export { createFakeBrowser, type FakeBrowser, type FakeBrowserOptions } from './browser'
export {
  type AnswerParts,
  aChange,
  anAnswer,
  type ChangeCall,
  type CheckAnswer,
  type LoggedChange,
  type PartOf,
} from './builders'
export {
  createFakeCart,
  type FakeCart,
  type FakeCartOptions,
  type Pending,
  type RefreshRun,
  type SettleCall,
} from './cart'
export {
  type ChannelAnswer,
  createFakeEcho,
  type EchoOnPusher,
  type FakeEcho,
  type FakeEchoOptions,
  type PusherState,
} from './echo'
export type { FakePageSignal } from './page'
export type { ReachableStates } from './reasons'
export { type AskedQuestion, createFakeShop, type FakeShop, type FakeShopOptions } from './shop'
export type { Unreleased } from './unreleased'
