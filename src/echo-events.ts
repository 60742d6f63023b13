import type { CartEventMap, CartEventName } from './engine/events'

export type { CartConditionsChanged, CartEventMap, CartEventName } from './engine/events'
export type { CartDomEventMap } from './page/dom-events'

/**
 * The payload of every event, for `useEcho` of `@laravel/echo-react` and `@laravel/echo-vue`: the keys have the leading dot that Echo wants. Events that
 * you added to `CartEventMap` by declaration merging are included.
 */
export type CartEchoEvents = {
  [Name in CartEventName as `.${Name}`]: CartEventMap[Name]
}

declare global {
  /**
   * The event map that `useEcho` looks its payloads up in. It is global to the app, so it stays unchanged until a file of the app
   * says `import type {} from 'cart-echo/echo-events'`. Types only: payloads are not checked when they arrive.
   * @see https://github.com/laravel/echo/blob/2.x/packages/react/src/types.ts
   */
  interface Events extends CartEchoEvents {}
}
