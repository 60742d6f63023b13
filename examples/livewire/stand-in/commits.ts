import { type Around, dispatchAnswer, showAnswer, takeAnswer } from './answer'
import { boundWithin, type Component, type Fire } from './component'
import type { Hooks } from './hooks'
import { askToReload, showHtmlModal } from './modal'
import { answersIn, bodyOf, type Call, type CommitAnswer, type CommitRequest, type Send, UPDATE_URL } from './payload'

interface Commit {
  readonly component: Component
  isolate: boolean
  readonly calls: (Call & { handleReturn: (value: unknown) => void })[]
  readonly resolvers: (() => void)[]
}

type Pool = Set<Commit>

/** What a request has to tell of its end. */
type Ends = Record<'respond' | 'succeed' | 'fail', (() => void)[]>

/** The requests of Livewire 3 (js/request/bus.js, pool.js, commit.js): what is asked within 5 ms goes together. */
export const createCommits = (send: Send, hooks: Hooks, around: Around): Fire => {
  const commits = new Set<Commit>()
  const pools = new Set<Pool>()
  const lazy = new WeakSet<Component>()
  const commitOf = (component: Component) => [...commits].find((commit) => commit.component === component)

  const add = (component: Component): Commit => {
    const known = commitOf(component)
    if (known) return known
    const commit: Commit = { component, isolate: false, calls: [], resolvers: [] }
    commits.add(commit)
    setTimeout(() => {
      if (!poolWith(pools, component)) sendAll()
    }, 5)
    return commit
  }

  const sendAll = (): void => {
    pooling()
    for (const pool of corral()) {
      if (pool.size === 0) continue
      pools.add(pool)
      for (const { component } of pool) hooks.trigger('commit.prepare', { component })
      void sendPool(pool).then(() => {
        pools.delete(pool)
        queueMicrotask(() => {
          if (commits.size > 0) sendAll()
        })
      })
    }
  }

  // Livewire's own hooks first: js/features/supportPropsAndModelables.js, supportIsolating.js, supportLazyLoading.js.
  const pooling = (): void => {
    for (const { component } of commits) for (const child of boundWithin(component)) void fire(child, '$commit')
    for (const commit of commits) {
      const { lazyLoaded, lazyIsolated, isolate } = commit.component.snapshot.memo
      if (lazyLoaded === false && !lazy.has(commit.component)) commit.isolate = lazyIsolated !== false
      lazy.add(commit.component)
      if (isolate) commit.isolate = true
    }
    hooks.trigger('commit.pooling', { commits })
  }

  const corral = (): Pool[] => {
    const made: Pool[] = []
    for (const commit of commits) {
      if (poolWith(pools, commit.component)) continue
      const open = commit.isolate ? undefined : made[0]
      if (open) open.add(commit)
      else made.push(new Set([commit]))
      commits.delete(commit)
    }
    for (const { component } of made.flatMap((pool) => [...pool])) {
      for (const child of boundWithin(component)) move(made, child, poolWith(made, component))
    }
    return made
  }

  const sendPool = async (pool: Pool): Promise<void> => {
    const parts = [...pool].map((commit) => ({ commit, ...announce(commit, hooks) }))
    const payload = parts.map((part) => part.payload)
    const options = {
      method: 'POST',
      body: bodyOf(payload),
      headers: { 'Content-type': 'application/json', 'X-Livewire': '' },
    }
    const ends = { respond: [], succeed: [], fail: [] } as Record<string, ((told: object) => void)[]>
    const on = (name: string) => (callback: (told: object) => void) => void ends[name]?.push(callback)
    const tell = (name: string, told: object) => ends[name]?.forEach((callback) => void callback(told))
    const hooked = { respond: on('respond'), succeed: on('succeed'), fail: on('fail') }
    hooks.trigger('request', { url: UPDATE_URL, options, payload: options.body, ...hooked })
    const fail = (told: object): void => {
      for (const { ends } of parts) for (const callback of [...ends.respond, ...ends.fail]) callback()
      tell('fail', told)
    }
    const response = await send(UPDATE_URL, options).catch(() => null)
    // A lost network shows nothing, and leaves every promise alone.
    if (!response) return fail({ status: 503, content: null, preventDefault: () => undefined })
    tell('respond', { status: response.status, response })
    const content = await response.text()
    if (!response.ok) {
      const said = { isPrevented: false }
      const preventDefault = () => Object.assign(said, { isPrevented: true })
      fail({ status: response.status, content, preventDefault })
      if (said.isPrevented) return
      if (response.status === 419) askToReload('This page has expired.')
      return showHtmlModal(content)
    }
    if (response.redirected) return around.visit(response.url)
    const answers = answersIn(content)
    // triggerAsync('payload.intercept')
    await Promise.resolve()
    parts.forEach((part, index) => void apply(part, answers[index]))
    tell('succeed', { status: response.status, json: JSON.parse(content) })
  }

  const apply = (
    { commit, payload, ends }: { commit: Commit; payload: CommitRequest; ends: Ends },
    answer: CommitAnswer | undefined,
  ): void => {
    if (!answer || 'skip' in answer) return
    for (const callback of ends.respond) callback()
    takeAnswer(commit.component, answer, payload.updates, around)
    // js/features/supportMorphDom.js
    queueMicrotask(() =>
      queueMicrotask(() => {
        showAnswer(commit.component, answer.effects, around)
        queueMicrotask(() => dispatchAnswer(commit.component, answer.effects, around))
      }),
    )
    for (const { handleReturn } of commit.calls) handleReturn(undefined)
    for (const resolve of commit.resolvers) resolve()
    for (const callback of ends.succeed) callback()
  }

  const fire: Fire = (component, method, params = []) => {
    const commit = add(component)
    return new Promise((resolve) => {
      // $refresh and $commit call nothing (js/$wire.js).
      if (method === '$refresh' || method === '$commit') commit.resolvers.push(() => resolve(undefined))
      else commit.calls.push({ method, params, handleReturn: resolve })
    })
  }
  return fire
}

const poolWith = (pools: Iterable<Pool>, component: Component): Pool | undefined =>
  [...pools].find((pool) => [...pool].some((commit) => commit.component === component))

const move = (pools: Iterable<Pool>, child: Component, to: Pool | undefined): void => {
  const from = poolWith(pools, child)
  const commit = [...(from ?? [])].find(({ component }) => component === child)
  if (!commit) return
  from?.delete(commit)
  to?.add(commit)
}

// js/request/commit.js, toRequestPayload.
const announce = ({ component, calls }: Commit, hooks: Hooks): { payload: CommitRequest; ends: Ends } => {
  const payload: CommitRequest = {
    snapshot: JSON.stringify(component.snapshot),
    updates: { ...component.updates },
    calls: calls.map(({ method, params }) => ({ method, params })),
  }
  const ends: Ends = { respond: [], succeed: [], fail: [] }
  hooks.trigger('commit', {
    component,
    commit: payload,
    succeed: (callback: () => void) => void ends.succeed.push(callback),
    fail: (callback: () => void) => void ends.fail.push(callback),
    respond: (callback: () => void) => void ends.respond.push(callback),
  })
  return { payload, ends }
}
