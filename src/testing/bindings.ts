/** What listens to something of pusher-js. */
export type Callback = (...args: readonly unknown[]) => unknown

/** Callbacks by event, as pusher-js keeps them. */
export interface Bindings {
  bind(event: string, callback: Callback): unknown
  unbind(event?: string | null, callback?: Callback | null): unknown
  bind_global(callback: Callback): unknown
  unbind_global(callback?: Callback): unknown
  /** Tells the callbacks of that event, global ones first. */
  emit(event: string, data?: unknown): unknown
}

/**
 * Callbacks by event with what tells them, and how many there are. Global ones come first; one that throws keeps those behind it from hearing, and what it throws comes
 * out of `emit` (pusher-js 8.6, core/events/dispatcher.ts). `emit` gives how many of those that named the event were called.
 */
export const createBindings = () => {
  let bound: { readonly event: string; readonly callback: Callback }[] = []
  let global: Callback[] = []
  const emit = (event: string, data?: unknown): number => {
    // The list itself, as pusher-js does: who binds in a callback may still hear.
    for (let index = 0; index < global.length; index += 1) global[index]?.(event, data)
    const named = bound.filter((one) => one.event === event)
    for (const { callback } of named) callback(data)
    return named.length
  }
  const bindings: Bindings = {
    emit,
    bind: (event, callback) => void bound.push({ event, callback }),
    unbind: (event, callback) => {
      bound = bound.filter(
        (one) => (event != null && one.event !== event) || (callback != null && one.callback !== callback),
      )
    },
    bind_global: (callback) => void global.push(callback),
    unbind_global: (callback) => {
      global = global.filter((one) => callback !== undefined && one !== callback)
    },
  }
  return { bindings, emit, count: (): number => bound.length + global.length }
}
