import { vi } from 'vitest'
import { type CommitAnswer, type CommitRequest, createStandIn } from '../../examples/livewire/stand-in'
import type { Environment } from '../../src/engine/environment'
import { CartEchoError } from '../../src/engine/errors'
import type { Reply, Sink } from '../../src/engine/transport'
import { createDomEvents } from '../../src/page/dom-events'
import { fakeEnvironment } from '../support/fake-environment'
import { pass } from '../support/fake-timers'
import { answerOf, listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'

/** One request of Livewire, as its server saw it. */
export interface Asked {
  readonly headers: Record<string, string>
  readonly components: { readonly name: string; readonly calls: string[]; readonly updates: Record<string, unknown> }[]
}

/** A component as Blade renders it. */
export const component = (
  name: string,
  {
    id = name,
    listeners = [],
    html = '',
    lazy = false,
    memo = {},
    attributes = '',
  }: Partial<Record<'id' | 'html' | 'attributes', string>> & {
    listeners?: string[]
    lazy?: boolean
    memo?: object
  } = {},
): string => {
  const snapshot = { data: {}, memo: { id, name, ...(lazy ? { lazyLoaded: false } : {}), ...memo } }
  const attribute = (value: object) => JSON.stringify(value).replaceAll('"', '&quot;')
  const effects = listeners.length > 0 ? { listeners } : {}
  return `<div wire:id="${id}" wire:snapshot="${attribute(snapshot)}" wire:effects="${attribute(effects)}" ${attributes}>${html}</div>`
}

/** What the server makes of one component, when it is asked. */
export type Render = (asked: { readonly id: string; readonly calls: readonly string[] }) => object

/** Livewire's server half: answers as it is told, and keeps what it was asked. */
const createServer = () => {
  const asked: Asked[] = []
  const server = {
    status: 200,
    isSlow: false,
    /** The effects of an answer, as of when it is asked. */
    render: (() => ({})) as Render,
    /** What must come as `_token`, or as the cookie's header where that is not there; null: anything will do. */
    token: null as string | null,
  }
  const waiting: (() => void)[] = []
  const nameOf = (snapshot: string) => JSON.parse(snapshot).memo.name as string
  const send = async (_url: string, { body, headers }: RequestInit & { headers: Record<string, string> }) => {
    const { components, _token } = JSON.parse(String(body)) as { components: CommitRequest[]; _token?: string }
    const isExpired = server.token !== null && (_token ?? headers['X-XSRF-TOKEN']) !== server.token
    asked.push({
      headers: { ...headers },
      components: components.map(({ snapshot, calls, updates }) => ({
        name: nameOf(snapshot),
        calls: calls.map(({ method, params, metadata }) =>
          [metadata?.island ? `${method}@${metadata.island.name}` : method, ...params.slice(0, 1)].join(' '),
        ),
        updates,
      })),
    })
    const rendered = components.map(({ snapshot, calls }): CommitAnswer => {
      const { data, memo } = JSON.parse(snapshot)
      const effects = server.render({ id: memo.id, calls: calls.map(({ method }) => method) })
      // Whatever it was asked: from now on it is loaded.
      if (memo.lazyLoaded === false) memo.lazyLoaded = true
      return { snapshot: JSON.stringify({ data, memo }), effects }
    })
    if (server.isSlow) await new Promise<void>((resolve) => waiting.push(resolve))
    if (server.status === 0) throw new TypeError('Failed to fetch')
    return answerWith(isExpired ? 419 : server.status, JSON.stringify({ components: rendered }))
  }
  /** Keeps the oldest answer back, and gives what sends it. */
  const hold = (): (() => void) => waiting.shift() ?? (() => undefined)
  return { asked, server, send, hold, answerNext: () => waiting.shift()?.() }
}

/** A page in a shop, whose time is told to pass: a client, the stand-in for Livewire, and the servers of both. */
export const openShop = ({
  body = '',
  version = 4 as 3 | 4,
  pages = {} as Record<string, string>,
  canAsk = true,
} = {}) => {
  vi.useFakeTimers()
  // The client goes by the same clock as everything else on the page.
  const environment: Environment = {
    ...fakeEnvironment(),
    nowMs: () => Date.now(),
    schedule: (delayMs, run) => {
      const timer = setTimeout(run, delayMs)
      return () => clearTimeout(timer)
    },
  }
  document.body.innerHTML = body
  const livewireServer = createServer()
  const unhandled = watchUnhandled()
  const standIn = createStandIn({ send: livewireServer.send, version, visit: async (url) => pages[url] ?? '' })
  const check = { isDown: false, asked: 0, seq: 1 }
  let sink: Sink | null = null
  const dom = createDomEvents(undefined)
  const listening = listeningClient({
    environment,
    identity: { user: 7, owner: 'mine', cursor: 'e1:1' },
    announce: dom.announce,
    whileStarted: dom.start,
    transport: () => (opened) => {
      sink = opened
      const link = { stop: () => undefined, tell: () => undefined }
      if (!canAsk) return link
      return {
        ...link,
        ask: async ({ since }): Promise<Reply> => {
          check.asked += 1
          const error = new CartEchoError('check-failed', 'The check is down.')
          if (check.isDown) return { name: 'unanswered', error, next: 'when-told' }
          const from = since ? `${since.epoch}:${since.seq}` : null
          return { name: 'log', answer: answerOf(from, `e1:${check.seq}`) }
        },
      }
    },
  })
  return {
    ...listening,
    ...livewireServer,
    environment,
    standIn,
    check,
    /** The reasons of rejections that nobody took, by now. */
    unhandled: async () => {
      await realTurn()
      return unhandled.reasons
    },
    pass,
    /** The shop changed the cart, and says so by the socket. */
    change: () => {
      check.seq += 1
      sink?.deliver('cart.conditions.changed', at(check.seq))
    },
    /** The shop changed the cart, and the page finds it by asking. */
    changeUnheard: () => {
      check.seq += 1
      sink?.resync()
    },
    live: () => sink?.state({ name: 'subscribed' }),
    /** Loads and starts the stand-in. */
    startLivewire: () => {
      standIn.load()
      standIn.start()
    },
    close: () => {
      listening.client.stop()
      standIn.stop()
      unhandled.stop()
      history.replaceState(null, '', href)
      document.body.replaceChildren()
      vi.useRealTimers()
    },
  }
}

// Kept before the clock is faked: a browser says that nobody took a rejection at the end of a task.
const { setTimeout: realTimeout } = globalThis
const realTurn = (): Promise<void> => new Promise((resolve) => realTimeout(resolve, 20))
const { href } = location

/** Keeps the reasons of rejections that nobody took, and keeps them from the runner, until stopped. */
export const watchUnhandled = () => {
  const reasons: unknown[] = []
  const hear = (event: PromiseRejectionEvent): void => {
    event.preventDefault()
    event.stopImmediatePropagation()
    reasons.push(event.reason)
  }
  addEventListener('unhandledrejection', hear, { capture: true })
  return { reasons, stop: () => removeEventListener('unhandledrejection', hear, { capture: true }) }
}

/** A Response whose text is there at once: that of a real one takes turns of the event loop, which no clock knows. */
export const answerWith = (status: number, body: string): Response =>
  ({ status, ok: status < 400, text: async () => body }) as Response
