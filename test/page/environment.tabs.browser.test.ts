import { afterEach, describe, expect, it, vi } from 'vitest'
import type { LockRequest, TabPorts } from '../../src/engine/environment'
import { browserTabs } from '../../src/page/environment'

// Locks and lines of a real browser. All tabs of an origin share them; that they are of one page makes no difference to either.

const ports = browserTabs() as TabPorts
const stops: (() => void)[] = []
let count = 0

const freshName = (): string => {
  count += 1
  return `test ${count} ${Math.random()}`
}

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

/** Someone who wishes for a lock, with what they were told. */
const claim = (name: string, { steal = false, ...hears }: Partial<LockRequest> = {}) => {
  const told: string[] = []
  const hear = (word: 'granted' | 'lost' | 'refused') => () => {
    told.push(word)
    hears[word]?.()
  }
  const leave = ports.lock(name, { steal, granted: hear('granted'), lost: hear('lost'), refused: hear('refused') })
  stops.push(leave)
  return { told, leave }
}

const seen = async (name: string): Promise<[held: number, pending: number]> => {
  const { held = [], pending = [] } = await navigator.locks.query()
  const isOurs = (lock: LockInfo): boolean => lock.name === name
  return [held.filter(isOurs).length, pending.filter(isOurs).length]
}

/** Until everything that was asked of the locks before has happened. */
const settled = async (): Promise<void> => {
  for (let turns = 0; turns < 5; turns += 1) {
    await navigator.locks.query()
    await new Promise((done) => setTimeout(done, 0))
  }
}

describe('a lock', () => {
  it('is granted to whoever comes first, and to the next when it is given back', async () => {
    const name = freshName()
    const [first, second] = [claim(name), claim(name)]
    await settled()
    expect([first.told, second.told, await seen(name)]).toEqual([['granted'], [], [1, 1]])
    first.leave()
    await settled()
    expect([first.told, second.told, await seen(name)]).toEqual([['granted'], ['granted'], [1, 0]])
  })

  it('has nothing to do with locks of other names', async () => {
    const claims = [claim(freshName()), claim(freshName())]
    await settled()
    expect(claims.map(({ told }) => told)).toEqual([['granted'], ['granted']])
  })

  it('is lost to a thief, who is before everybody in line, and comes back to them', async () => {
    const name = freshName()
    const [first, second] = [claim(name), claim(name)]
    await settled()
    const thief = claim(name, { steal: true })
    await settled()
    expect([first.told, second.told, thief.told]).toEqual([['granted', 'lost'], [], ['granted']])
    thief.leave()
    await settled()
    expect([first.told, second.told, await seen(name)]).toEqual([['granted', 'lost'], ['granted'], [1, 0]])
  })

  it('is had by the last of several thieves, and the others have lost it: to nobody is it refused', async () => {
    const name = freshName()
    const first = claim(name)
    await settled()
    const thieves = [1, 2, 3].map(() => claim(name, { steal: true }))
    await settled()
    expect(thieves.map(({ told }) => told.at(-1))).toEqual(['lost', 'lost', 'granted'])
    expect([first.told, await seen(name)]).toEqual([
      ['granted', 'lost'],
      [1, 0],
    ])
  })

  it.each([false, true])(
    'is not granted to whoever gave up before it was asked for, thief or not (%s)',
    async (steal) => {
      const name = freshName()
      const { leave, told } = claim(name, { steal })
      leave()
      await settled()
      expect([told, await seen(name)]).toEqual([[], [0, 0]])
    },
  )

  it('is taken from nobody by a thief who gave up before it was asked for', async () => {
    const name = freshName()
    const first = claim(name)
    await settled()
    claim(name, { steal: true }).leave()
    await settled()
    expect([first.told, await seen(name)]).toEqual([['granted'], [1, 0]])
  })

  it('is not granted to whoever left the line', async () => {
    const name = freshName()
    const [first, second, third] = [claim(name), claim(name), claim(name)]
    await settled()
    second.leave()
    await settled()
    expect(await seen(name)).toEqual([1, 1])
    first.leave()
    await settled()
    expect([second.told, third.told, await seen(name)]).toEqual([[], ['granted'], [1, 0]])
  })

  it('may be given back while it is granted, and however often', async () => {
    const name = freshName()
    const first = claim(name, { granted: () => first.leave() })
    const second = claim(name)
    await settled()
    first.leave()
    await settled()
    expect([first.told, second.told, await seen(name)]).toEqual([['granted'], ['granted'], [1, 0]])
  })

  it('may be asked for again as soon as it is lost', async () => {
    const name = freshName()
    const again: ReturnType<typeof claim>[] = []
    claim(name, { lost: () => again.push(claim(name)) })
    await settled()
    const thief = claim(name, { steal: true })
    await settled()
    expect([again.map(({ told }) => told), await seen(name)]).toEqual([[[]], [1, 1]])
    thief.leave()
    await settled()
    expect(again[0]?.told).toEqual(['granted'])
  })

  it('is refused where the page may not have locks', async () => {
    const frame = document.createElement('iframe')
    document.body.append(frame)
    const { navigator: foreign } = frame.contentWindow as Window
    const { locks } = foreign
    frame.remove()
    const own = vi.spyOn(navigator, 'locks', 'get').mockReturnValue(locks)
    const { told } = claim(freshName())
    own.mockRestore()
    await settled()
    expect(told).toEqual(['refused'])
  })
})

describe('a line', () => {
  const line = (name: string) => {
    const heard: unknown[] = []
    const bus = ports.openBus(name, (message) => heard.push(message))
    stops.push(bus.close)
    return { ...bus, heard }
  }

  it('is heard by all others of its name, in order, and not by who speaks', async () => {
    const name = freshName()
    const [first, second, third, stranger] = [line(name), line(name), line(name), line(freshName())]
    first.post({ n: 1 })
    first.post({ n: 2 })
    await vi.waitFor(() => expect(third.heard).toHaveLength(2))
    expect([second.heard, third.heard]).toEqual(Array(2).fill([{ n: 1 }, { n: 2 }]))
    expect([first.heard, stranger.heard]).toEqual([[], []])
  })

  it('is heard no more once it was closed, also what was on its way', async () => {
    const name = freshName()
    const [first, second, third] = [line(name), line(name), line(name)]
    first.post('on its way')
    second.close()
    second.close()
    first.post('late')
    await vi.waitFor(() => expect(third.heard).toHaveLength(2))
    expect(second.heard).toEqual([])
    expect(() => second.post('after the end')).toThrow(DOMException)
  })

  it('throws what cannot be cloned', () => {
    expect(() => line(freshName()).post(() => undefined)).toThrow(DOMException)
  })
})
