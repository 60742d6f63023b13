import type { CartEventMap, CartEventName } from './engine/events'

export type { CartConditionsChanged, CartEventMap, CartEventName } from './engine/events'
export type { CartDomEventMap } from './page/dom-events'

/**
 * What `useEcho` of `@laravel/echo-react` and `@laravel/echo-vue` may be given, by the names Echo wants: with a leading dot. Own events come
 * with it: those added to `CartEventMap` by declaration merging.
 */
export type CartEchoEvents = {
  [Name in CartEventName as `.${Name}`]: CartEventMap[Name]
}

declare global {
  /**
   * The event map that `useEcho` looks its payloads up in. It is one for the whole app, so nothing is added to it until a file of the app
   * says `import type {} from 'cart-echo/echo-events'`. Types only: nothing is checked when a payload arrives.
   * @see https://github.com/laravel/echo/blob/2.x/packages/react/src/types.ts
   */
  interface Events extends CartEchoEvents {}
}
