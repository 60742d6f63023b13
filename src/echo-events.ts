import type { CartEventMap, CartEventName } from './core/events'

export type { CartEventMap } from './core/events'
export type { CartDomEventMap } from './dom/event-map'

/** What `useEcho` of `@laravel/echo-react` and `@laravel/echo-vue` may be given, by the names Echo wants: with a leading dot. */
export type CartEchoEvents = {
  [Name in CartEventName as `.${Name}`]: CartEventMap[Name]
}

declare global {
  /** The event map that `useEcho` looks its payloads up in. */
  interface Events extends CartEchoEvents {}
}
