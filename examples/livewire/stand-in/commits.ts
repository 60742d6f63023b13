import type { Component } from './component'
import { showFailure } from './failure'
import type { Hooks } from './hooks'
import { morph } from './morph'

/** What a component asks of the server. */
export interface Call {
  method: string
  params: unknown[]
}

/** One component's part of a request, and of its answer (js/request/index.js). */
export interface CommitRequest {
  snapshot: string
  updates: Record<string, unknown>
  calls: Call[]
}
export interface CommitAnswer {
  snapshot: string
  effects: { html?: string }
}

/** The server: `fetch`, or what stands for it. */
export type Send = (url: string, options: RequestInit & { headers: Record<string, string> }) => Promise<Response>

/** Hears one component's part of a request (js/request/interceptor.js), in Livewire 4. */
export type Interceptor = (message: Record<string, unknown>) => void

interface Message {
  component: Component
  calls: Call[]
  waiting: { resolve: () => void; reject: (error: unknown) => void }[]
}

export type Commits = ReturnType<typeof createCommits>

/** Collects what the components ask within 5 ms into one request (js/request/messageBus.js; 3: js/request/bus.js). */
export const createCommits = (send: Send, hooks: Hooks, interceptors: ReadonlySet<Interceptor> | null) => {
  const pending = new Map<Component, Message>()
  const busy = new Map<Component, Promise<unknown>>()

  const add = (component: Component, call: Call): Promise<void> => {
    const message = pending.get(component) ?? { component, calls: [], waiting: [] }
    if (pending.size === 0) setTimeout(flush, 5)
    pending.set(component, message)
    // The same call twice is one (js/request/message.js, addAction).
    const isThere = message.calls.some((one) => JSON.stringify(one) === JSON.stringify(call))
    // In Livewire 3, $refresh calls nothing (js/$wire.js there).
    if (!isThere && (interceptors || call.method !== '$refresh')) message.calls.push(call)
    return new Promise((resolve, reject) => void message.waiting.push({ resolve, reject }))
  }

  // A component that waits for its last answer asks after that (js/request/interactions.js).
  const flush = (): void => {
    const ready = [...pending.values()].filter(({ component }) => !busy.has(component))
    for (const { component } of ready) pending.delete(component)
    if (ready.length === 0) return
    const request = sendAll(ready).finally(() => {
      for (const { component } of ready) busy.delete(component)
      if (pending.size > 0) setTimeout(flush, 5)
    })
    for (const { component } of ready) busy.set(component, request)
  }

  const sendAll = async (messages: Message[]): Promise<void> => {
    const components = messages.map(({ component, calls }): CommitRequest => {
      const { updates } = component
      component.updates = {}
      return { snapshot: JSON.stringify(component.snapshot), updates, calls }
    })
    const _token = document.querySelector('meta[name="csrf-token"]')?.getAttribute('content')
    const options = {
      method: 'POST',
      body: JSON.stringify({ _token, components }),
      headers: { 'Content-type': 'application/json', 'X-Livewire': '1' },
    }
    const failed: ((failure: { status: number; content: string | null; preventDefault: () => void }) => void)[] = []
    const fail = (callback: (typeof failed)[number]) => void failed.push(callback)
    hooks.trigger('request', { url: '/livewire/update', options, payload: options.body, fail })
    const ends = messages.map((message) => announce(message, hooks, interceptors))
    const response = await send('/livewire/update', options).catch(() => null)
    const body = await response?.text()
    const answers = response?.ok ? (JSON.parse(body ?? '') as { components: CommitAnswer[] }).components : null
    // A lost network shows nothing; an answer that is an error does, but where a hook prevents it (sendRequest).
    let isPrevented = !response
    const preventDefault = () => {
      isPrevented = true
    }
    const failure = { status: response?.status ?? 503, content: body ?? null, preventDefault }
    if (!answers) for (const callback of failed) callback(failure)
    if (!answers && !isPrevented) showFailure(failure.status, body ?? '')
    messages.forEach((message, index) => {
      const answer = answers?.[index]
      if (answer) apply(message.component, answer)
      ends[index]?.(answer ? 'success' : response ? 'error' : 'failure')
      for (const { resolve, reject } of message.waiting)
        answer ? resolve() : reject({ status: response?.status ?? null })
    })
  }

  return { add }
}

const apply = (component: Component, { snapshot, effects }: CommitAnswer): void => {
  component.snapshot = JSON.parse(snapshot)
  if (effects.html) morph(component.el, effects.html)
}

// Tells the hooks, and gives what tells them the end: Livewire 3 by `commit` (js/request/commit.js there), 4 by interceptors, and by
// `commit` less well (js/request/legacy.js): no lost network, and a success in the next frame only.
const announce = ({ component, calls }: Message, hooks: Hooks, interceptors: ReadonlySet<Interceptor> | null) => {
  const heard = new Map<string, (() => void)[]>()
  const tell = (name: string): void => {
    for (const callback of heard.get(name) ?? []) callback()
  }
  const hear = (name: string) => (callback: () => void) => void heard.set(name, [...(heard.get(name) ?? []), callback])
  hooks.trigger('commit', { component, commit: { calls }, succeed: hear('rendered'), fail: hear('failed') })
  const message = { component, actions: new Set(calls.map(({ method, params }) => ({ name: method, params }))) }
  for (const intercept of interceptors ?? []) {
    intercept({
      message,
      onSuccess: hear('success'),
      onError: hear('error'),
      onFailure: hear('failure'),
      onCancel: hear('cancel'),
      onFinish: hear('finish'),
    })
  }
  return (end: 'success' | 'error' | 'failure'): void => {
    for (const name of [end, 'finish']) tell(name)
    if (end === 'success') interceptors ? requestAnimationFrame(() => tell('rendered')) : tell('rendered')
    else if (end === 'error' || !interceptors) tell('failed')
  }
}
