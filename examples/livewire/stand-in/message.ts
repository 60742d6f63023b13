import type { Action } from './action'
import type { Component } from './component'
import type { Hooks } from './hooks'
import type { CommitRequest } from './payload'

/** One component's part in a request of Livewire 4 (js/request/message.js). */
export interface Message {
  readonly component: Component
  readonly actions: Set<Action>
  scope: string
  payload: CommitRequest
  isBuffered: boolean
  isCancelled: boolean
  /** What waits for its end. */
  readonly waiting: (() => void)[]
  readonly heard: Map<string, ((told: object) => void)[]>
}

/** One without actions. */
export const messageOf = (component: Component): Message => ({
  component,
  actions: new Set(),
  scope: '',
  payload: { snapshot: '', updates: {}, calls: [] },
  isBuffered: false,
  isCancelled: false,
  waiting: [],
  heard: new Map(),
})

/** Tells those who intercepted it. */
export const tellMessage = ({ heard }: Message, name: string, told: object = {}): void => {
  for (const callback of heard.get(name) ?? []) callback(told)
}

/** Hears one component's part of a request (js/request/interceptor.js). */
export type Interceptor = (message: Record<string, unknown>) => void

/** What hears messages and actions. */
export type Interceptors = ReturnType<typeof createInterceptors>

/** Nobody yet but what is left of Livewire 3's `commit` hook, which hears of no lost network, and of success in the next frame only (js/request/legacy.js). */
export const createInterceptors = (hooks: Hooks) => {
  const message = new Set<Interceptor>()
  const action = new Set<Interceptor>()
  const ENDS = ['onSend', 'onSuccess', 'onError', 'onFailure', 'onSkipped', 'onCancel', 'onFinish']
  const legacy: Interceptor = ({ message, onSuccess, onError, onCancel, onFinish }) => {
    const { component, payload } = message as Message
    const [succeed, fail, respond]: [(() => void)[], (() => void)[], (() => void)[]] = [[], [], []]
    const add = (list: (() => void)[]) => (callback: () => void) => void list.push(callback)
    hooks.trigger('commit', {
      component,
      commit: payload,
      succeed: add(succeed),
      fail: add(fail),
      respond: add(respond),
    })
    const failed = () => fail.forEach((callback) => void callback())
    const hear = (on: unknown, callback: (told: never) => void) => (on as (hear: typeof callback) => void)(callback)
    hear(onSuccess, ({ onRender }: { onRender: (callback: () => void) => void }) =>
      onRender(() => succeed.forEach((callback) => void callback())),
    )
    hear(onFinish, () => respond.forEach((callback) => void callback()))
    hear(onError, failed)
    hear(onCancel, failed)
  }
  const listen = (to: Set<Interceptor>) => (interceptor: Interceptor) => {
    to.add(interceptor)
    return () => void to.delete(interceptor)
  }
  return {
    action,
    interceptMessage: listen(message),
    interceptAction: listen(action),
    /** Asks everybody, in the order they came. */
    intercept: (one: Message, cancel: () => void): void => {
      const on = (name: string) => (callback: (told: object) => void) =>
        void one.heard.set(name, [...(one.heard.get(name) ?? []), callback])
      const ons = Object.fromEntries(ENDS.map((name) => [name, on(name)]))
      for (const interceptor of [legacy, ...message]) interceptor({ message: one, cancel, ...ons })
    },
    count: () => message.size + action.size,
  }
}
