/** What listens to something of pusher-js. */
export type Callback = (...args: readonly unknown[]) => unknown

/** Callbacks by event, as pusher-js keeps them. Calls may be chained. */
export interface Bindings {
  bind(event: string, callback: Callback): Bindings
  unbind(event?: string | null, callback?: Callback | null): Bindings
  bind_global(callback: Callback): Bindings
  unbind_global(callback?: Callback): Bindings
  unbind_all(): Bindings
  /** Tells the callbacks of that event, global ones first. */
  emit(event: string, data?: unknown): Bindings
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
  // Of whatever they are copied to, they return that.
  const bindings: Bindings = {
    emit(event, data) {
      emit(event, data)
      return this
    },
    bind(event, callback) {
      bound.push({ event, callback })
      return this
    },
    unbind(event, callback) {
      bound = bound.filter(
        (one) => (event != null && one.event !== event) || (callback != null && one.callback !== callback),
      )
      return this
    },
    bind_global(callback) {
      global.push(callback)
      return this
    },
    unbind_global(callback) {
      global = global.filter((one) => callback !== undefined && one !== callback)
      return this
    },
    unbind_all() {
      bound = []
      global = []
      return this
    },
  }
  return { bindings, emit, count: (): number => bound.length + global.length }
}
