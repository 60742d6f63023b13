/** What marks an event as Livewire's own (livewire js/events.js). */
export interface MarkedEvent extends CustomEvent {
  __livewire?: { name: string; params: unknown; receivedBy: unknown[] }
}

/** Dispatches as Livewire does: a string becomes a list, and the event is marked. */
export const dispatch = (target: EventTarget, name: string, params: unknown, bubbles = true): void => {
  const detail = typeof params === 'string' ? [params] : params
  const event: MarkedEvent = new CustomEvent(name, { bubbles, detail })
  event.__livewire = { name, params: detail, receivedBy: [] }
  target.dispatchEvent(event)
}

/** Livewire.on: on window, and only what is marked. */
export const on = (name: string, callback: (detail: unknown) => void): (() => void) => {
  const hear = (event: Event): void => {
    if ((event as MarkedEvent).__livewire) callback((event as MarkedEvent).detail)
  }
  window.addEventListener(name, hear)
  return () => window.removeEventListener(name, hear)
}
