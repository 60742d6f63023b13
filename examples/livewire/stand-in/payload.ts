/** What an action of Livewire 4 is besides its name: which island it is for, and what caused it (js/request/action.js). */
export interface Metadata {
  readonly island?: { readonly name: string; readonly mode?: string | undefined } | undefined
  readonly type?: string | undefined
}

/** What a component asks of the server. */
export interface Call {
  method: string
  params: unknown[]
  metadata?: Metadata
}

/** One component's part of a request (js/request/index.js). */
export interface CommitRequest {
  snapshot: string
  updates: Record<string, unknown>
  calls: Call[]
}

/** An event of the server: for everybody, for the component `self`, or for those of a name, which 3 calls `to` and 4 `component`. */
export interface Dispatched {
  readonly name: string
  readonly params?: unknown
  readonly self?: boolean
  readonly to?: string
  readonly component?: string
}

/** What the server has the page do with an answer. */
export interface Effects {
  html?: string
  islandFragments?: string[]
  dispatches?: readonly Dispatched[]
  listeners?: string[]
  redirect?: string
}

/** One component's part of an answer. `skip` is of Livewire 4: nothing that was given to this child has changed. */
export type CommitAnswer = { snapshot: string; effects: Effects } | { skip: true; id: string }

/** The server: `fetch`, or what stands for it. */
export type Send = (url: string, options: RequestInit & { headers: Record<string, string> }) => Promise<Response>

const MOST_CALLS = 50

/** The same server, with Livewire 4's limit of calls a component (`payload.max_calls`): more of them are an error, and none is made. */
export const withCallLimit =
  (send: Send): Send =>
  (url, options) => {
    const { components } = JSON.parse(String(options.body)) as { components: CommitRequest[] }
    const isOver = components.some(({ calls }) => calls.length > MOST_CALLS)
    return isOver ? Promise.resolve(new Response('Too many calls.', { status: 500 })) : send(url, options)
  }

/** The body of a request, with the token that the page has now (js/utils.js, getCsrfToken). */
export const bodyOf = (components: readonly CommitRequest[]): string => {
  const _token = document.querySelector('meta[name="csrf-token"]')?.getAttribute('content')
  return JSON.stringify({ _token, components })
}

/** Reads what the server said of each component. */
export const answersIn = (body: string): CommitAnswer[] =>
  (JSON.parse(body) as { components: CommitAnswer[] }).components

/** Where updates go. */
export const UPDATE_URL = '/livewire/update'
