import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import type { Sink } from '../../src/engine/transport'
import { EVENT, listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'

const fail = () => {
  throw new Error('broken')
}

describe('a listener that throws', () => {
  it('is reported and stops nobody: not the others, not the announcement, not the host', () => {
    const announced: unknown[] = []
    const { client, hear, errors, end } = listeningClient({ announce: ({ meta }) => announced.push(meta.key) })
    const after: unknown[] = []
    client.on(EVENT, fail)
    client.on(EVENT, ({ message }) => after.push(message))
    client.news.subscribe(fail)
    client.connection.subscribe(fail)
    errors.length = 0
    expect(() => client.start()).not.toThrow()
    expect(() => hear(at(1))).not.toThrow()
    expect([after, announced]).toEqual([['change 1'], ['e1:1']])
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      ['listener-failed', 'A listener of connection threw: broken'],
      ['listener-failed', 'A listener of news threw: broken'],
      ['listener-failed', `A listener of ${EVENT} threw: broken`],
    ])
    hear(at(2))
    expect(after).toEqual(['change 1', 'change 2'])
    end()
  })

  it('and an onError that throws as well cannot reach the host', () => {
    const { client, hear, end } = listeningClient({ onError: fail })
    const after: unknown[] = []
    client.on(EVENT, fail)
    client.on(EVENT, ({ message }) => after.push(message))
    client.start()
    expect(() => hear(at(1))).not.toThrow()
    expect(() => hear('broken')).not.toThrow()
    hear(at(2))
    expect(after).toEqual(['change 1', 'change 2'])
    end()
  })
})

describe('the announcement of a change', () => {
  it('comes after the listeners, once', () => {
    const order: string[] = []
    const { client, hear, end } = listeningClient({ announce: ({ meta }) => order.push(`announce ${meta.key}`) })
    client.on(EVENT, () => order.push('listener'))
    client.start()
    hear(at(1))
    hear(at(1))
    expect(order).toEqual(['listener', 'announce e1:1'])
    end()
  })

  it('that throws is reported', () => {
    const { client, hear, errors, end } = listeningClient({ announce: fail })
    client.start()
    hear(at(1))
    expect(errors).toMatchObject([{ code: 'listener-failed', message: 'A listener of announce threw: broken' }])
    end()
  })
})

describe('a transport that throws', () => {
  it.each([
    ['when it is made', fail],
    ['when it is started', () => fail],
  ])('%s is refused with echo-failed, and the next start tries anew', (_when, transport) => {
    const { client, errors, environment } = listeningClient({ transport })
    expect(() => client.start()).not.toThrow()
    expect(client.connection.get()).toMatchObject({ name: 'refused', reason: 'echo-failed' })
    expect(errors).toMatchObject([{ code: 'echo-failed', cause: new Error('broken') }])
    client.start()
    expect(errors).toHaveLength(2)
    client.stop()
    expect(environment.pending()).toBe(0)
  })

  it('when it is stopped is reported, and stopped all the same', () => {
    const { client, errors } = listeningClient({ transport: () => () => ({ stop: fail }) })
    client.start()
    expect(() => client.stop()).not.toThrow()
    expect(errors).toMatchObject([{ code: 'echo-failed', cause: new Error('broken') }])
    expect(client.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
  })

  it('after it has spoken: what it said is heard, then it is refused', () => {
    const { client, heard } = listeningClient({
      transport: () => (sink) => {
        sink.deliver(EVENT, at(1))
        return fail()
      },
    })
    client.start()
    expect(heard).toEqual(['change 1'])
    expect(client.connection.get()).toMatchObject({ name: 'refused', reason: 'echo-failed' })
    client.stop()
  })
})

describe('a transport that speaks before it has returned', () => {
  const eager =
    (speak: (sink: Sink) => void, stopped: string[] = []) =>
    () =>
    (sink: Sink) => {
      speak(sink)
      return { stop: () => void stopped.push('stop') }
    }

  it('is heard, in order', () => {
    const { client, heard, states } = listeningClient({
      transport: eager((sink) => {
        sink.state({ name: 'socket-open' })
        sink.state({ name: 'subscribed' })
        sink.deliver(EVENT, at(1))
        sink.deliver(EVENT, at(2))
      }),
    })
    client.start()
    expect(heard).toEqual(['change 1', 'change 2'])
    expect(states).toEqual(['connecting: finding-echo', 'connecting: subscribing', 'live: subscribed'])
    client.stop()
  })

  it('can be stopped by who hears it, and says nothing more', () => {
    const stopped: string[] = []
    const { client, heard, environment } = listeningClient({
      transport: eager((sink) => {
        sink.deliver(EVENT, at(1))
        sink.deliver(EVENT, at(2))
      }, stopped),
    })
    client.on(EVENT, () => client.stop())
    client.start()
    expect([heard, stopped, environment.pending()]).toEqual([['change 1'], ['stop'], 0])
    expect(client.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
  })

  it('can be stopped while it is being started', () => {
    const stopped: string[] = []
    const { client, heard } = listeningClient({
      transport: eager((sink) => {
        sink.deliver(EVENT, at(1))
        client.stop()
      }, stopped),
    })
    client.start()
    expect([heard, stopped]).toEqual([[], ['stop']])
    expect(client.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
  })
})

describe('a refusal', () => {
  const error = new CartEchoError('not-authorised', 'for the test')
  const refused = { name: 'refused', reason: 'not-authorised', error } as const

  it('is reported once, and ended by the next start, with a new link', () => {
    const { client, links, link, errors, hear, heard, end } = listeningClient()
    client.start()
    hear(at(1))
    link().sink.state(refused)
    link().sink.state(refused)
    expect(errors).toEqual([error])
    client.start()
    expect(links.map(({ stops }) => stops)).toEqual([1, 0])
    expect(client.connection.get().name).toBe('connecting')
    hear(at(1))
    hear(at(2))
    expect(heard).toEqual(['change 1', 'change 2'])
    end()
  })

  it('is ended by identify() of the same customer', () => {
    const { client, links, link, end } = listeningClient()
    client.start()
    link().sink.state(refused)
    client.identify({ user: 7 })
    expect(links.map(({ stops }) => stops)).toEqual([1, 0])
    expect(client.connection.get().name).toBe('connecting')
    end()
  })

  it('does not come back to life by a start that was released', () => {
    const { client, links, link, end } = listeningClient()
    const release = client.start()
    link().sink.state(refused)
    release()
    expect(client.connection.get()).toMatchObject({ name: 'idle', reason: 'not-started' })
    expect(links).toHaveLength(1)
    end()
  })
})

describe("a page's problems", () => {
  const problem = new CartEchoError('invalid-page', 'for the test')
  const conflict = new CartEchoError('page-conflict', 'for the test')

  it('are reported when listening starts, once each time', () => {
    const { client, errors, end } = listeningClient({ identity: { user: 7, problems: [problem, problem] } })
    expect(errors).toEqual([])
    client.start()
    client.start()
    expect(errors).toEqual([problem, problem])
    client.stop()
    client.start()
    expect(errors).toHaveLength(4)
    end()
  })

  it('that name two owners refuse the page, and identify() ends it', () => {
    const { client, links, errors, states, end } = listeningClient({ identity: { problems: [problem, conflict] } })
    client.start()
    expect(states.at(-1)).toBe('refused: page-conflict')
    expect(client.connection.get()).toMatchObject({ error: conflict })
    expect(errors).toEqual([conflict, problem])
    expect(links).toEqual([])
    client.identify({ user: 7 })
    expect(links.map(({ user }) => user)).toEqual(['7'])
    end()
  })

  it('that name two owners close what was open, and wipe it', () => {
    const { client, links, hear, end } = listeningClient()
    client.start()
    hear(at(1))
    client.identify({ problems: [conflict] })
    expect(links.map(({ stops }) => stops)).toEqual([1])
    expect(client.news.get().unread).toEqual([])
    expect(client.connection.get()).toMatchObject({ name: 'refused', reason: 'page-conflict' })
    end()
  })
})
