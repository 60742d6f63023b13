import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/engine/answer'
import { createClient } from '../../src/engine/client'
import { readListening } from '../../src/engine/events'
import type { ConnectionFact } from '../../src/engine/state'
import type { Query, Reply, Sink, Transport } from '../../src/engine/transport'
import { pageLife } from '../../src/engine/transport'
import { fakeEnvironment } from '../support/fake-environment'
import { answerOf, EVENT } from '../support/listening-client'
import { at } from '../support/payloads'

const QUERY: Query = { since: null, owner: null }

const factInWords = (fact: ConnectionFact): string => ('reason' in fact ? `${fact.name}: ${fact.reason}` : fact.name)

/** A page whose life is in the test's hand; `said` is all that came out, `links` all that was opened beneath. */
const livingPage = ({ isActivated = true, canAsk = true } = {}) => {
  const environment = fakeEnvironment({ isActivated })
  const said: string[] = []
  const links: { sink: Sink; stops: number; asked: Query[] }[] = []
  const transport: Transport = (sink) => {
    const link = { sink, stops: 0, asked: [] as Query[] }
    links.push(link)
    return {
      stop: () => {
        link.stops += 1
      },
      ask: async (query) => {
        link.asked.push(query)
        return { name: 'nothing' }
      },
    }
  }
  const sink: Sink = {
    deliver: (event) => void said.push(`deliver: ${event}`),
    answer: () => void said.push('answer'),
    resync: () => void said.push('resync'),
    state: (fact) => void said.push(factInWords(fact)),
    report: ({ code }) => void said.push(`report: ${code}`),
    note: ({ name }) => void said.push(`note: ${name}`),
  }
  const link = pageLife({ environment, transport, canAsk })(sink)
  const open = () => links.filter(({ stops }) => stops === 0).length
  return { environment, said, links, link, open }
}

describe('while the page lives, its transport', () => {
  it('begins at once, and is heard', () => {
    const { links, said, link, open } = livingPage()
    expect(open()).toBe(1)
    links[0]?.sink.deliver(EVENT, {})
    links[0]?.sink.resync()
    expect(said).toEqual([`deliver: ${EVENT}`, 'resync'])
    link.stop()
    expect(links.map(({ stops }) => stops)).toEqual([1])
  })

  it('is left alone by what is no end of life', () => {
    const { environment, links, said } = livingPage()
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
    expect([links.length, links[0]?.stops, said]).toEqual([1, 0, []])
  })

  it('may be asked', async () => {
    const { link, links } = livingPage()
    expect(await link.ask?.(QUERY)).toEqual({ name: 'nothing' })
    expect(links[0]?.asked).toEqual([QUERY])
  })

  it('may not be asked where there is no check, so that nobody waits for an answer', () => {
    expect(livingPage({ canAsk: false }).link.ask).toBeUndefined()
  })
})

describe('in the back/forward cache, and while it is frozen, a page', () => {
  it.each([
    ['left', 'restored'],
    ['frozen', 'resumed'],
  ] as const)('that is %s has nothing open; %s, it begins anew and asks for what it missed', (gone, back) => {
    const { environment, links, said, open, link } = livingPage()
    environment.signal(gone)
    expect(open()).toBe(0)
    environment.signal(gone)
    expect(links.map(({ stops }) => stops)).toEqual([1])
    expect(said).toEqual([])
    environment.signal(back)
    expect([open(), links.length]).toEqual([1, 2])
    expect(said).toEqual(['starting', 'resync'])
    environment.signal(back)
    expect(links).toHaveLength(2)
    link.stop()
    expect([open(), environment.watching(), environment.pending()]).toEqual([0, 0, 0])
  })

  it('is restored once, though browsers say frozen and left, then resumed and restored', () => {
    const { environment, links, said, open } = livingPage()
    for (const round of [1, 2, 3]) {
      for (const signal of ['left', 'hidden', 'frozen'] as const) environment.signal(signal)
      expect(open()).toBe(0)
      for (const signal of ['resumed', 'visible', 'restored'] as const) environment.signal(signal)
      expect([open(), links.length]).toEqual([1, round + 1])
    }
    expect(said).toEqual(['starting', 'resync', 'starting', 'resync', 'starting', 'resync'])
  })

  it('answers that it is away when it is asked, and to ask again when told', async () => {
    const { environment, link, links } = livingPage()
    environment.signal('frozen')
    expect(await link.ask?.(QUERY)).toMatchObject({
      name: 'unanswered',
      next: 'when-told',
      error: { code: 'cannot-check' },
    })
    expect(links[0]?.asked).toEqual([])
    environment.signal('resumed')
    expect(await link.ask?.(QUERY)).toEqual({ name: 'nothing' })
  })

  it('opens nothing when it comes back after it was stopped', () => {
    const { environment, links, link, said } = livingPage()
    environment.signal('left')
    link.stop()
    environment.signal('restored')
    environment.signal('resumed')
    expect([links.length, said, environment.watching()]).toEqual([1, [], 0])
  })
})

describe('a page that is prerendered', () => {
  it('opens nothing until somebody asks for it', async () => {
    const { environment, links, said, link, open } = livingPage({ isActivated: false })
    for (const signal of ['visible', 'online', 'resumed', 'restored', 'navigated'] as const) environment.signal(signal)
    expect([links.length, said]).toEqual([0, ['prerendering']])
    expect(await link.ask?.(QUERY)).toMatchObject({ name: 'unanswered', next: 'when-told' })
    environment.signal('activated')
    expect(open()).toBe(1)
    environment.signal('activated')
    expect(links).toHaveLength(1)
    link.stop()
    expect([open(), environment.watching()]).toEqual([0, 0])
  })

  it('that is thrown away leaves nothing behind', () => {
    const { environment, links, link } = livingPage({ isActivated: false })
    link.stop()
    environment.signal('activated')
    expect([links.length, environment.watching(), environment.pending()]).toEqual([0, 0, 0])
  })
})

describe('a transport that throws when it is stopped', () => {
  it('is begun anew all the same, and the browser hears of no error', () => {
    const environment = fakeEnvironment()
    let begun = 0
    const reported: string[] = []
    const transport: Transport = () => {
      begun += 1
      return {
        stop: () => {
          throw new Error('broken Echo')
        },
      }
    }
    const nothing = () => undefined
    const report = ({ code }: { code: string }) => void reported.push(code)
    const sink: Sink = { deliver: nothing, answer: nothing, resync: nothing, state: nothing, report, note: nothing }
    pageLife({ environment, transport, canAsk: false })(sink)
    expect(() => environment.signal('frozen')).not.toThrow()
    environment.signal('resumed')
    expect([begun, reported]).toEqual([2, ['echo-failed']])
  })
})

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
      transport: () => pageLife({ environment, transport, canAsk: false }),
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
    transport: () => pageLife({ environment, transport, canAsk: true }),
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
