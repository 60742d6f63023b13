import { describe, expect, it } from 'vitest'
import { EVENT, listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'

describe('the news of a client', () => {
  it('grow with each change, before the listeners hear it', () => {
    const { client, hear, end } = listeningClient()
    const unread: number[] = []
    client.on(EVENT, () => unread.push(client.news.get().unread.length))
    client.start()
    hear(at(1))
    hear(at(2))
    expect(unread).toEqual([1, 2])
    expect(client.news.get().last?.change).toEqual(at(2))
    end()
  })

  it('are told to subscribers, at once and then only when they change', () => {
    const { client, hear, end } = listeningClient()
    const told: number[] = []
    const off = client.news.subscribe(({ unread }) => told.push(unread.length))
    client.start()
    hear(at(1))
    hear(at(1))
    client.dismiss()
    client.dismiss()
    off()
    hear(at(2))
    expect(told).toEqual([0, 1, 0])
    end()
  })

  it('are read after dismiss(), and nothing is told about it twice', () => {
    const { client, hear, end } = listeningClient()
    client.start()
    hear(at(1))
    client.dismiss()
    const read = client.news.get()
    expect(read).toMatchObject({ unread: [], last: { change: at(1) } })
    client.dismiss()
    expect(client.news.get()).toBe(read)
    end()
  })

  it('end at the newest for everyone when a subscriber dismisses them at once', () => {
    const { client, hear, end } = listeningClient()
    const badge: number[] = []
    client.news.subscribe(({ unread }) => unread.length > 0 && client.dismiss())
    client.news.subscribe(({ unread }) => badge.push(unread.length))
    client.start()
    hear(at(1))
    expect(badge.at(-1)).toBe(0)
    end()
  })
})

describe('a listener with replay', () => {
  it('hears what is unread first, oldest first, with how it came, and then what comes', () => {
    const { client, hear, end } = listeningClient()
    client.start()
    hear(at(1))
    hear(at(2))
    const heard: unknown[] = []
    client.on(EVENT, ({ message }, { key }) => heard.push([message, key]), { replay: true })
    expect(heard).toEqual([
      ['change 1', 'e1:1'],
      ['change 2', 'e1:2'],
    ])
    hear(at(3))
    expect(heard).toHaveLength(3)
    end()
  })

  it('hears nothing that was dismissed, and without replay nothing of before', () => {
    const { client, hear, end } = listeningClient()
    client.start()
    hear(at(1))
    const heard: unknown[] = []
    client.on(EVENT, () => heard.push('no replay'))
    client.dismiss()
    client.on(EVENT, () => heard.push('replay'), { replay: true })
    expect(heard).toEqual([])
    end()
  })

  it('hears each change once, also when it is added by a listener of that change', () => {
    const { client, hear, end } = listeningClient()
    const late: unknown[] = []
    const off = client.on(EVENT, () => {
      off()
      client.on(EVENT, ({ message }) => late.push(message), { replay: true })
    })
    client.start()
    hear(at(1))
    hear(at(2))
    expect(late).toEqual(['change 1', 'change 2'])
    end()
  })

  it('that throws is reported once per change, and still added', () => {
    const { client, hear, errors, end } = listeningClient()
    client.start()
    hear(at(1))
    hear(at(2))
    const fail = () => {
      throw new Error('broken')
    }
    expect(() => client.on(EVENT, fail, { replay: true })).not.toThrow()
    expect(errors.map(({ code }) => code)).toEqual(['listener-failed', 'listener-failed'])
    hear(at(3))
    expect(errors).toHaveLength(3)
    end()
  })
})

it('a listener cannot change the news or the connection, for others or for the page', () => {
  const { client, hear, end, heard } = listeningClient({ identity: { user: 7, cursor: 'e1:1' } })
  const tries: (() => unknown)[] = [
    () => Object.assign(client.news.get(), { last: null, unread: null, stale: true }),
    () => (client.news.get().unread as unknown[]).pop(),
    () => Object.assign(client.connection.get(), { name: 'refused' }),
  ]
  let refusals = 0
  client.on(EVENT, () => {
    for (const change of tries) {
      try {
        change()
      } catch {
        refusals += 1
      }
    }
  })
  client.start()
  hear(at(2))
  hear(at(3))
  expect(refusals).toBe(2 * tries.length)
  expect(client.news.get()).toMatchObject({
    unread: [{ meta: { key: 'e1:2' } }, { meta: { key: 'e1:3' } }],
    stale: false,
  })
  expect(heard).toEqual(['change 2', 'change 3'])
  end()
})
