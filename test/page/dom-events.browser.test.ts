import { expect, it } from 'vitest'
import type { Change } from '../../src/engine/events'
import { createDomEvents } from '../../src/page/dom-events'
import { at } from '../support/payloads'

// Only here: happy-dom lets what a listener throws out of dispatchEvent, browsers report it to the window.
it('a DOM listener that throws stops neither the others nor the next change', () => {
  const heard: string[] = []
  const reported: unknown[] = []
  const thrown = new Error('broken')
  const quiet = (event: ErrorEvent) => {
    // Before the test runner's own handler, which would fail the run.
    event.stopImmediatePropagation()
    event.preventDefault()
    reported.push(event.error)
  }
  const fail = () => {
    throw thrown
  }
  const note = (event: Event) => heard.push((event as CustomEvent).detail.message)
  window.addEventListener('error', quiet, { capture: true })
  document.addEventListener('cart-conditions-changed', fail)
  document.addEventListener('cart-conditions-changed', note)
  window.addEventListener('cart-conditions-changed', note)
  const events = createDomEvents(undefined)
  const stop = events.start()
  for (const seq of [1, 2]) {
    events.announce({ change: at(seq), meta: { event: 'cart.conditions.changed' } } as Change)
  }
  stop()
  window.removeEventListener('error', quiet, { capture: true })
  document.removeEventListener('cart-conditions-changed', fail)
  document.removeEventListener('cart-conditions-changed', note)
  window.removeEventListener('cart-conditions-changed', note)
  expect(heard).toEqual(['change 1', 'change 1', 'change 2', 'change 2'])
  expect(reported).toEqual([thrown, thrown])
})
