import { type Action, createAction, scopeOf } from './action'
import { type Around, dispatchAnswer, showAnswer, takeAnswer } from './answer'
import { boundWithin, type Fire } from './component'
import type { Hooks } from './hooks'
import { type Interceptors, type Message, messageOf, tellMessage } from './message'
import { askToReload, showHtmlModal } from './modal'
import { answersIn, bodyOf, type CommitAnswer, type Send, UPDATE_URL } from './payload'

type Request = Message[]

/** The requests of Livewire 4 (js/request/index.js, interactions.js, messageBus.js): what is asked within 5 ms goes together, but each component once. */
export const createMessages = (send: Send, hooks: Hooks, interceptors: Interceptors, around: Around): Fire => {
  const pending = new Set<Message>()
  const active = new Set<Message>()
  const expired = { isAsked: false }

  const fire: Fire = (component, name, params = [], metadata = {}) => {
    const action = createAction(component, name, params, metadata)
    for (const intercept of interceptors.action) intercept({ action })
    const busy = [...active].find((message) => message.component === component && message.scope === scopeOf([action]))
    if (busy && !areLive(busy, action)) busy.waiting.push(() => enqueue(action))
    else enqueue(action)
    return action.promise
  }

  const enqueue = (action: Action): void => {
    const message = add(action)
    if (message.isBuffered) return
    message.isBuffered = true
    setTimeout(sendAll, 5)
  }

  const add = (action: Action): Message => {
    const isIts = ({ component, actions }: Message) =>
      component === action.component && [...actions].some((one) => scopeOf([one]) === scopeOf([action]))
    const message = [...pending].find(isIts) ?? messageOf(action.component)
    pending.add(message)
    // The same call twice is one (js/request/message.js, addAction).
    const twin = [...message.actions].find(({ fingerprint }) => fingerprint === action.fingerprint)
    if (twin) twin.squashedActions.add(action)
    else message.actions.add(action)
    return message
  }

  const sendAll = (): void => {
    const requests: Request[] = []
    const compile = (messages: Message[]): void => {
      const known = requests.find((request) => messages.some((message) => request.includes(message)))
      if (known) known.push(...messages.filter((message) => !known.includes(message)))
      else requests.push(messages)
    }
    for (const message of [...pending]) {
      const { isLazy, hasBeenLazyLoaded, snapshot } = message.component
      if (snapshot.memo.isolate || (isLazy && !hasBeenLazyLoaded && snapshot.memo.lazyIsolated)) compile([message])
      const bound = boundWithin(message.component).map((child) => add(createAction(child, '$commit', [], {})))
      if (bound.length > 0) compile([message, ...bound])
    }
    for (const message of pending) {
      if (requests.some((request) => request.includes(message))) continue
      const open = requests.find((request) => !request.some(({ component }) => component === message.component))
      if (open) open.push(message)
      else requests.push([message])
    }
    pending.clear()
    for (const request of requests) void transmit(request)
  }

  const transmit = async (request: Request): Promise<void> => {
    const controller = new AbortController()
    for (const message of request) {
      const { component, actions } = message
      message.scope = scopeOf([...actions])
      message.payload = {
        snapshot: JSON.stringify(component.snapshot),
        updates: { ...component.updates },
        calls: [...actions].map(({ name: method, params, metadata }) => ({ method, params, metadata })),
      }
      active.add(message)
    }
    const options = {
      method: 'POST',
      body: bodyOf(request.map(({ payload }) => payload)),
      headers: { 'Content-type': 'application/json', 'X-Livewire': '1' },
      signal: controller.signal,
    }
    const isCancelled = () => request.every((message) => message.isCancelled)
    const heard = announceRequest(options, hooks)
    for (const message of request) {
      const cancel = (): void => {
        if (message.isCancelled) return
        message.isCancelled = true
        tellMessage(message, 'onCancel')
        settle(message, (action) => action.rejectPromise({ status: null, body: null, json: null, errors: null }))
        if (isCancelled()) controller.abort()
      }
      interceptors.intercept(message, cancel)
    }
    if (isCancelled()) return
    const response = await send(UPDATE_URL, options).catch(() => null)
    if (!response) {
      if (isCancelled()) return
      heard.fail({ status: 503, content: null, preventDefault: () => undefined })
      return failAll(request, 'onFailure', {}, { status: null, body: null, json: null, errors: null })
    }
    heard.respond({ status: response.status, response })
    const body = await response.text()
    if (isCancelled()) return
    if (!response.ok || body.trim() === '') return error(request, response, body, heard.fail)
    // Nothing ends: the page goes.
    if (response.redirected) return around.visit(response.url)
    const json = JSON.parse(body)
    heard.succeed({ status: response.status, json })
    // triggerAsync('payload.intercept')
    await Promise.resolve()
    for (const message of request) for (const answer of answersIn(body)) void apply(message, answer)
  }

  const error = (request: Request, response: Response, body: string, fail: (told: object) => void): void => {
    const said = { isPrevented: false }
    const preventDefault = () => void Object.assign(said, { isPrevented: true })
    fail({ status: response.status, content: body, preventDefault })
    const told = { response, body, preventDefault }
    failAll(request, 'onError', told, { status: response.status, body, json: null, errors: null })
    if (said.isPrevented) return
    if (response.ok) return askToReload('The server returned an empty response.')
    if (response.status !== 419) return showHtmlModal(body)
    if (!expired.isAsked) askToReload('This page has expired.')
    expired.isAsked = true
  }

  const failAll = (request: Request, how: 'onError' | 'onFailure', told: object, reason: object): void => {
    for (const message of request) {
      tellMessage(message, how, told)
      settle(message, (action) => action.rejectPromise(reason))
    }
  }

  const settle = (message: Message, each: (action: Action) => void): void => {
    for (const action of message.actions) each(action)
    active.delete(message)
    tellMessage(message, 'onFinish')
    for (const next of message.waiting.splice(0)) next()
  }

  const apply = async (message: Message, answer: CommitAnswer): Promise<void> => {
    const { component, payload } = message
    const id = 'skip' in answer ? answer.id : JSON.parse(answer.snapshot).memo.id
    if (id !== component.id || message.isCancelled) return
    const resolve = () => settle(message, (action) => action.resolvePromise())
    if ('skip' in answer) {
      tellMessage(message, 'onSkipped')
      return resolve()
    }
    const later = { onSync: [], onEffect: [], onMorph: [], onRender: [] } as Record<string, (() => unknown)[]>
    const on = (name: string) => (callback: () => unknown) => void later[name]?.push(callback)
    const [onSync, onEffect, onMorph, onRender] = Object.keys(later).map(on)
    tellMessage(message, 'onSuccess', { payload: answer, onSync, onEffect, onMorph, onRender })
    if (message.isCancelled) return
    takeAnswer(component, answer, payload.updates, around)
    dispatchAnswer(component, answer.effects, around)
    for (const name of ['onSync', 'onEffect']) for (const callback of later[name] ?? []) callback()
    showAnswer(component, answer.effects, around)
    for (const callback of later.onMorph ?? []) await callback()
    // The morph may wait for a transition of the page.
    await Promise.resolve()
    resolve()
    requestAnimationFrame(() => {
      for (const callback of later.onRender ?? []) callback()
    })
  }
  return fire
}

// Two of wire:model.live run side by side (js/request/interactions.js).
const areLive = ({ actions }: Message, action: Action): boolean =>
  [...actions, action].every(({ metadata, component }) => metadata.type === 'model.live' && !boundWithin(component)[0])

// What is left of Livewire 3's hook (js/request/legacy.js).
const announceRequest = (options: { body: string; headers: Record<string, string> }, hooks: Hooks) => {
  const heard = { respond: [], succeed: [], fail: [] } as Record<string, ((told: object) => void)[]>
  const on = (name: string) => (callback: (told: object) => void) => void heard[name]?.push(callback)
  const tell = (name: string) => (told: object) => heard[name]?.forEach((callback) => void callback(told))
  const hooked = { respond: on('respond'), succeed: on('succeed'), fail: on('fail') }
  hooks.trigger('request', { url: UPDATE_URL, options, payload: options.body, ...hooked })
  return { respond: tell('respond'), succeed: tell('succeed'), fail: tell('fail') }
}
