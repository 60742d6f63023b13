import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/engine/answer'
import { onChange } from '../../src/engine/cart-echo'
import { createClient } from '../../src/engine/client'
import { readListening } from '../../src/engine/events'
import { gone, type Query, type Reply, type Sink, type Transport } from '../../src/engine/transport'
import { fakeEnvironment } from '../support/fake-environment'
import { answerOf, EVENT } from '../support/listening-client'
import { at } from '../support/payloads'

/** A client whose page's life is in the test's hand; `states` is what its connection was, `links` all that was opened beneath. */
const livingPage = ({ isActivated = true, canAsk = true } = {}) => {
  const environment = fakeEnvironment({ isActivated })
  const states: string[] = []
  const errors: string[] = []
  const heard: string[] = []
  const links: { sink: Sink; stops: number; asked: Query[] }[] = []
  const transport: Transport = (sink) => {
    const asking: ((reply: Reply) => void)[] = []
    const link = { sink, stops: 0, asked: [] as Query[] }
    links.push(link)
    const stop = () => {
      link.stops += 1
      for (const answer of asking) answer(gone())
    }
    const ask = (query: Query) => {
      link.asked.push(query)
      return new Promise<Reply>((resolve) => asking.push(resolve))
    }
    return canAsk ? { stop, ask } : { stop }
  }
  const client = createClient({
    environment,
    listening: readListening(),
    identity: { user: 7, owner: 'mine', cursor: 'e1:1' },
    transport: () => transport,
    onError: ({ code }) => errors.push(code),
  })
  client.on(EVENT, ({ message }) => heard.push(String(message)))
  onChange(client.connection, ({ reason }) => states.push(reason))
  client.start()
  const open = () => links.filter(({ stops }) => stops === 0).length
  const left = () => [open(), environment.watching(), environment.pending()]
  return { environment, client, states, errors, heard, links, open, left, pass: environment.advanceTurnByTurn }
}

describe('while the page lives, its transport', () => {
  it('begins at once, and is heard', () => {
    const { links, heard, client, left } = livingPage()
    links[0]?.sink.deliver(EVENT, at(2))
    expect(heard).toEqual(['change 2'])
    client.stop()
    expect([links.map(({ stops }) => stops), ...left()]).toEqual([[1], 0, 0, 0])
  })

  it('is left alone by what is no end of life', () => {
    const { environment, links, states, errors } = livingPage()
    for (const signal of [
      'hidden',
      'visible',
      'offline',
      'online',
      'navigated',
      'activated',
      'resumed',
      'restored',
    ] as const) {
      environment.signal(signal)
    }
    expect([links.length, links[0]?.stops, states, errors]).toEqual([1, 0, ['finding-echo'], []])
  })

  it('may not be asked where there is no check, so that nobody waits for an answer', async () => {
    const { client, links } = livingPage({ canAsk: false })
    await expect(client.check()).rejects.toThrow('Give createCartEcho a check.')
    expect(links[0]?.asked).toEqual([])
  })
})

describe('in the back/forward cache, and while it is frozen, a page', () => {
  it.each([
    ['left', 'restored'],
    ['frozen', 'resumed'],
  ] as const)('that is %s has nothing open; %s, it begins anew and asks for what it missed', async (gone, back) => {
    const { environment, links, states, open, client, left, pass } = livingPage()
    environment.signal(gone)
    expect(open()).toBe(0)
    environment.signal(gone)
    expect(links.map(({ stops }) => stops)).toEqual([1])
    links[0]?.sink.state({ name: 'socket-opening' })
    await pass(60_000)
    environment.signal(back)
    expect([open(), links.length, links[1]?.asked.length]).toEqual([1, 2, 1])
    expect(states).toEqual(['finding-echo'])
    environment.signal(back)
    expect(links).toHaveLength(2)
    client.stop()
    expect(left()).toEqual([0, 0, 0])
  })

  it('is restored once, though browsers say frozen and left, then resumed and restored', () => {
    const { environment, links, open } = livingPage()
    for (const round of [1, 2, 3]) {
      for (const signal of ['left', 'hidden', 'frozen'] as const) environment.signal(signal)
      expect(open()).toBe(0)
      for (const signal of ['resumed', 'visible', 'restored'] as const) environment.signal(signal)
      expect([open(), links.length]).toEqual([1, round + 1])
    }
  })

  it('says that it is away to whoever asks for a check, and asks nothing', async () => {
    const { environment, client, links, pass } = livingPage()
    const waiting = client.check()
    environment.signal('frozen')
    await expect(waiting).rejects.toMatchObject({ code: 'cannot-check' })
    const before = links[0]?.asked.length
    await expect(client.check()).rejects.toMatchObject({ code: 'cannot-check', message: AWAY })
    await pass(600_000)
    expect([links.length, links[0]?.asked.length]).toEqual([1, before])
    client.stop()
  })

  it('opens nothing when it comes back after it was stopped', () => {
    const { environment, links, client, left } = livingPage()
    environment.signal('left')
    client.stop()
    environment.signal('restored')
    environment.signal('resumed')
    expect([links.length, ...left()]).toEqual([1, 0, 0, 0])
  })
})

describe('a page that is prerendered', () => {
  it('opens nothing until somebody asks for it', async () => {
    const { environment, links, states, client, open, left } = livingPage({ isActivated: false })
    for (const signal of ['visible', 'online', 'resumed', 'restored', 'navigated'] as const) environment.signal(signal)
    expect([links.length, states]).toEqual([0, ['finding-echo', 'prerendering']])
    await expect(client.check()).rejects.toMatchObject({ code: 'cannot-check', message: AWAY })
    environment.signal('activated')
    expect(open()).toBe(1)
    environment.signal('activated')
    expect(links).toHaveLength(1)
    client.stop()
    expect(left()).toEqual([0, 0, 0])
  })

  it('that is thrown away leaves nothing behind', () => {
    const { environment, links, client, left } = livingPage({ isActivated: false })
    client.stop()
    environment.signal('activated')
    expect([links.length, ...left()]).toEqual([0, 0, 0, 0])
  })
})

describe('a transport that throws', () => {
  it('when it is stopped, or begun anew, is begun anew all the same, and the browser hears of no error', () => {
    const environment = fakeEnvironment()
    let begun = 0
    const reported: string[] = []
    const transport: Transport = () => {
      begun += 1
      if (begun === 2) throw new Error('no Echo any more')
      return {
        stop: () => {
          throw new Error('broken Echo')
        },
      }
    }
    const client = createClient({
      environment,
      listening: readListening(),
      identity: { user: 7 },
      transport: () => transport,
      onError: ({ message }) => reported.push(message),
    })
    client.start()
    for (const signal of ['frozen', 'resumed', 'frozen', 'resumed'] as const) environment.signal(signal)
    expect([begun, reported]).toEqual([3, ['Echo threw: broken Echo', 'Echo threw: no Echo any more']])
    client.stop()
  })
})

const AWAY = 'The page is prerendered, or left.'

describe('listeners of a page that comes back may call anything:', () => {
  /** A client on a transport that speaks as soon as it is begun, as an Echo does. */
  const clientOn = (environment: ReturnType<typeof fakeEnvironment>) => {
    let open = 0
    const transport: Transport = (sink) => {
      open += 1
      sink.state({ name: 'socket-opening' })
      return {
        stop: () => {
          open -= 1
        },
      }
    }
    const client = createClient({
      environment,
      listening: readListening(),
      identity: { user: 7 },
      transport: () => transport,
      onError: () => undefined,
    })
    return { client, open: () => open }
  }

  it.each([
    ['restored', 'finding-echo'],
    ['restored', 'opening-socket'],
    ['activated', 'opening-socket'],
  ] as const)('stop() when it is %s and %s leaves nothing open', (back, reason) => {
    const environment = fakeEnvironment({ isActivated: back !== 'activated' })
    const { client, open } = clientOn(environment)
    client.start()
    if (back === 'restored') environment.signal('left')
    client.connection.subscribe((connection) => {
      if (connection.reason === reason) client.stop()
    })
    environment.signal(back)
    expect(client.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
    expect([open(), environment.watching(), environment.pending()]).toEqual([0, 0, 0])
  })

  it('identify() leaves one transport, that of the next customer', () => {
    const environment = fakeEnvironment()
    const { client, open } = clientOn(environment)
    client.start()
    environment.signal('left')
    const off = client.connection.subscribe(({ reason }) => {
      if (reason !== 'opening-socket') return
      off()
      client.identify({ user: 8 })
    })
    environment.signal('restored')
    expect(open()).toBe(1)
    client.stop()
    expect([open(), environment.watching(), environment.pending()]).toEqual([0, 0, 0])
  })
})

it('what was missed in the cache is told when the page is back, once', async () => {
  const environment = fakeEnvironment()
  const heard: string[] = []
  const asked: ((answer: Answer) => void)[] = []
  const sinks: Sink[] = []
  const transport: Transport = (sink) => {
    sinks.push(sink)
    return {
      stop: () => undefined,
      ask: () => new Promise<Reply>((resolve) => asked.push((answer) => resolve({ name: 'log', answer }))),
    }
  }
  const client = createClient({
    environment,
    listening: readListening(),
    identity: { user: 7, owner: 'mine', cursor: 'e1:1' },
    transport: () => transport,
    onError: () => undefined,
  })
  client.on(EVENT, ({ message }) => heard.push(String(message)))
  client.start()
  sinks[0]?.deliver(EVENT, at(2))
  environment.signal('left')
  environment.signal('restored')
  sinks[1]?.deliver(EVENT, at(4))
  asked[0]?.(answerOf('e1:2', 'e1:4'))
  await environment.advanceTurnByTurn(0)
  expect(heard).toEqual(['change 2', 'change 3', 'change 4'])
  client.stop()
  expect([environment.watching(), environment.pending()]).toEqual([0, 0])
})
