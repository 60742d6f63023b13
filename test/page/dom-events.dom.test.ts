import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Change } from '../../src/engine/events'
import { createDomEvents } from '../../src/page/dom-events'
import { at } from '../support/payloads'

const NAME = 'cart-conditions-changed'

const changeAt = (seq: number): Change => ({
  event: 'cart.conditions.changed',
  change: at(seq),
  meta: { event: 'cart.conditions.changed', key: `e1:${seq}`, via: 'socket', receivedAtMs: 0 },
})

const undo: (() => void)[] = []
const later = (run: () => void) => void undo.push(run)

/** Listens until the test is over. */
const listen = (target: EventTarget, name: string, listener: (event: CustomEvent) => void) => {
  const heard = (event: Event) => listener(event as CustomEvent)
  target.addEventListener(name, heard)
  later(() => target.removeEventListener(name, heard))
}

/** The messages of the changes a target hears. */
const messagesOf = (target: EventTarget): string[] => {
  const messages: string[] = []
  listen(target, NAME, ({ detail }) => messages.push(detail.message))
  return messages
}

const started = (target?: EventTarget | null) => {
  const events = createDomEvents(target)
  later(events.start())
  return events
}

const readyState = (state: DocumentReadyState) => {
  Object.defineProperty(document, 'readyState', { configurable: true, value: state })
}

const parsed = () => {
  readyState('interactive')
  document.dispatchEvent(new Event('DOMContentLoaded', { bubbles: true }))
}

const marks = (target: EventTarget) =>
  Object.getOwnPropertySymbols(target).filter((symbol) => /cart-echo/.test(String(symbol)))

beforeEach(() => readyState('complete'))

afterEach(() => {
  for (const run of undo.splice(0).reverse()) run()
  Reflect.deleteProperty(document, 'readyState')
  expect(marks(document), 'a mark left on document').toEqual([])
})

describe('a change', () => {
  it('reaches document and window exactly once, as a bubbling event whose detail is the payload itself', () => {
    const heard: unknown[] = []
    const { change } = changeAt(1)
    listen(document, NAME, (event) => heard.push('document', event.bubbles, event.cancelable, event.detail === change))
    listen(window, NAME, () => heard.push('window'))
    listen(document.body, NAME, () => heard.push('body'))
    started().announce({ ...changeAt(1), change } as Change)
    expect(heard).toEqual(['document', true, false, true, 'window'])
  })

  it('takes the DOM name of its event', () => {
    const heard: unknown[] = []
    listen(document, 'cart-stock_now-changed', ({ detail }) => heard.push(detail))
    started().announce({ change: 5, meta: { event: 'cart.stock_now.changed' } } as unknown as Change)
    expect(heard).toEqual([5])
  })
})

describe('a target of your own', () => {
  it('gets the events instead of document, and lets them bubble from there', () => {
    const element = document.createElement('div')
    document.body.append(element)
    later(() => element.remove())
    const [onElement, onWindow] = [messagesOf(element), messagesOf(window)]
    started(element).announce(changeAt(1))
    expect([onElement, onWindow]).toEqual([['change 1'], ['change 1']])
    expect(marks(document)).toEqual([])
  })

  it('may be no node at all', () => {
    const target = new EventTarget()
    const heard = messagesOf(target)
    started(target).announce(changeAt(1))
    expect(heard).toEqual(['change 1'])
  })

  it('may be null: then nothing is dispatched', () => {
    const heard = messagesOf(window)
    const events = started(null)
    events.announce(changeAt(1))
    events.status({ name: 'idle', reason: 'no-user', sinceMs: 0 })
    expect(heard).toEqual([])
  })
})

describe('the status', () => {
  it('is told with the connection as detail', () => {
    const heard: unknown[] = []
    const connection = { name: 'live', reason: 'subscribed', sinceMs: 5 } as const
    listen(window, 'cart-echo-status', ({ detail }) => heard.push(detail))
    started().status(connection)
    expect(heard).toEqual([connection])
    expect(heard[0]).toBe(connection)
  })
})

describe('a refresh', () => {
  it('is announced where changes are, with the cursor, and may be made when nobody prevents it', () => {
    const heard: unknown[] = []
    const note = (where: string) => (event: CustomEvent) =>
      heard.push(where, event.bubbles, event.cancelable, event.detail)
    listen(document, 'cart-echo-refresh', note('document'))
    listen(window, 'cart-echo-refresh', note('window'))
    expect(started().mayRefresh('e1:5')).toBe(true)
    const detail = { cursor: 'e1:5' }
    expect(heard).toEqual(['document', true, true, detail, 'window', true, true, detail])
  })

  it('may not be made when a listener prevents it', () => {
    listen(window, 'cart-echo-refresh', (event) => event.preventDefault())
    expect(started().mayRefresh(null)).toBe(false)
  })

  it('is announced by the copy that dispatches only, and the other’s is made', () => {
    let heard = 0
    listen(document, 'cart-echo-refresh', (event) => {
      heard += 1
      event.preventDefault()
    })
    const [first, second] = [started(), started()]
    expect([second.mayRefresh(null), heard]).toEqual([true, 0])
    expect([first.mayRefresh(null), heard]).toEqual([false, 1])
  })

  it('is made without an event where there is no target', () => {
    listen(document, 'cart-echo-refresh', (event) => event.preventDefault())
    expect(started(null).mayRefresh(null)).toBe(true)
  })

  it('is made without an event before DOMContentLoaded, and none follows', () => {
    let heard = 0
    listen(document, 'cart-echo-refresh', (event) => {
      heard += 1
      event.preventDefault()
    })
    readyState('loading')
    const { mayRefresh } = started()
    expect(mayRefresh(null)).toBe(true)
    parsed()
    expect(heard).toBe(0)
    readyState('complete')
    expect([mayRefresh(null), heard]).toEqual([false, 1])
  })

  it('is announced also when nothing is listened to, and leaves the target free', () => {
    listen(document, 'cart-echo-refresh', (event) => event.preventDefault())
    expect(createDomEvents(undefined).mayRefresh(null)).toBe(false)
    expect(marks(document)).toEqual([])
  })
})

describe('two copies on one page', () => {
  it('dispatch once: the first to start does, the other takes over when it stops', () => {
    const heard = messagesOf(document)
    const [first, second] = [createDomEvents(undefined), createDomEvents(undefined)]
    const stopFirst = first.start()
    later(second.start())
    for (const copy of [first, second]) copy.announce(changeAt(1))
    expect(heard).toEqual(['change 1'])
    stopFirst()
    second.announce(changeAt(2))
    expect(heard).toEqual(['change 1', 'change 2'])
  })

  it('know each other even when each was loaded by itself', async () => {
    const heard = messagesOf(document)
    // A variable keeps TypeScript from looking for a file of that name.
    const copy = '../../src/page/dom-events.ts?copy'
    const other: { createDomEvents: typeof createDomEvents } = await import(/* @vite-ignore */ copy)
    expect(other.createDomEvents).not.toBe(createDomEvents)
    const [first, second] = [createDomEvents(undefined), other.createDomEvents(undefined)]
    later(first.start())
    later(second.start())
    for (const copy of [first, second]) copy.announce(changeAt(1))
    expect(heard).toEqual(['change 1'])
  })

  it('leave the target free when the one that took over stops', () => {
    const [first, second] = [createDomEvents(undefined), createDomEvents(undefined)]
    const stopFirst = first.start()
    const stopSecond = second.start()
    stopFirst()
    second.announce(changeAt(1))
    stopSecond()
    expect(marks(document)).toEqual([])
  })

  it('do not take the mark from each other by stopping', () => {
    const heard = messagesOf(document)
    const first = started()
    createDomEvents(undefined).start()()
    const third = started()
    for (const copy of [first, third]) copy.announce(changeAt(1))
    expect(heard).toEqual(['change 1'])
  })

  it('both dispatch where their targets are different', () => {
    const [one, other] = [new EventTarget(), new EventTarget()]
    const [onOne, onOther] = [messagesOf(one), messagesOf(other)]
    started(one).announce(changeAt(1))
    started(other).announce(changeAt(1))
    expect([onOne, onOther]).toEqual([['change 1'], ['change 1']])
  })
})

describe('before DOMContentLoaded', () => {
  it('nothing is dispatched; then everything, once and in order', () => {
    const heard = messagesOf(document)
    readyState('loading')
    const { announce } = started()
    announce(changeAt(1))
    announce(changeAt(2))
    expect(heard).toEqual([])
    parsed()
    expect(heard).toEqual(['change 1', 'change 2'])
    announce(changeAt(3))
    parsed()
    expect(heard).toEqual(['change 1', 'change 2', 'change 3'])
  })

  it('what waits is dropped when listening stops', () => {
    const heard = messagesOf(document)
    readyState('loading')
    const events = createDomEvents(undefined)
    const stop = events.start()
    events.announce(changeAt(1))
    stop()
    parsed()
    readyState('complete')
    later(events.start())
    events.announce(changeAt(2))
    expect(heard).toEqual(['change 2'])
  })

  it('what waits is dropped when it is forgotten', () => {
    const heard = messagesOf(document)
    readyState('loading')
    const { announce, forget } = started()
    announce(changeAt(1))
    forget()
    announce(changeAt(2))
    parsed()
    expect(heard).toEqual(['change 2'])
  })

  it('what a listener forgets while it is told is not dispatched any more', () => {
    const heard = messagesOf(document)
    readyState('loading')
    const { announce, forget } = started()
    listen(document, NAME, () => forget())
    announce(changeAt(1))
    announce(changeAt(2))
    parsed()
    expect(heard).toEqual(['change 1'])
  })

  it('what a listener causes while it is told comes after what waits', () => {
    const heard = messagesOf(document)
    readyState('loading')
    const { announce } = started()
    listen(document, NAME, ({ detail }) => detail.message === 'change 1' && announce(changeAt(3)))
    announce(changeAt(1))
    announce(changeAt(2))
    parsed()
    expect(heard).toEqual(['change 1', 'change 2', 'change 3'])
  })
})

describe('stopped by a callback in the middle of a change', () => {
  it('it still dispatches that change, and leaves the target to the next copy', () => {
    const heard = messagesOf(document)
    const events = createDomEvents(undefined)
    events.start()()
    events.announce(changeAt(1))
    expect(heard).toEqual(['change 1'])
    expect(marks(document)).toEqual([])
  })
})

describe('stopped by a DOM listener', () => {
  it('it still tells its last status', () => {
    const heard: string[] = []
    const events = createDomEvents(undefined)
    const stop = events.start()
    listen(document, NAME, () => {
      events.status({ name: 'idle', reason: 'not-started', sinceMs: 0 })
      stop()
    })
    listen(document, 'cart-echo-status', ({ detail }) => heard.push(detail.name))
    events.announce(changeAt(1))
    expect(heard).toEqual(['idle'])
  })
})
