import { describe, expect, it } from 'vitest'
import { openShared } from '../../src/testing/shared'

/** Pages by name, in whose turn everything runs at once. */
const open = () => openShared<string>((_page, run) => run())

describe('a channel to the other tabs', () => {
  it('reaches those of its name, but not itself, each with a copy', () => {
    const shared = open()
    const heard: [string, unknown][] = []
    const listen = (page: string, name: string) =>
      shared.portsOf(page).openBus(name, (message) => heard.push([page, message]))
    const channel = listen('one', 'ours')
    listen('two', 'ours')
    listen('three', 'theirs')
    const message = { list: [{ deep: 1 }] }
    channel.post(message)
    expect(heard).toEqual([['two', message]])
    expect(heard[0]?.[1]).not.toBe(message)
  })

  it.each([() => undefined, Symbol('none'), { deep: [() => undefined] }])(
    'refuses what cannot be cloned',
    (message) => {
      const channel = open()
        .portsOf('one')
        .openBus('ours', () => undefined)
      expect(() => channel.post(message)).toThrow('cannot be sent to another tab')
    },
  )

  it('says so when it is closed, as a BroadcastChannel does, and reaches nobody', () => {
    const shared = open()
    const channel = shared.portsOf('one').openBus('ours', () => undefined)
    const heard: unknown[] = []
    const other = shared.portsOf('two').openBus('ours', (message) => heard.push(message))
    channel.close()
    expect(() => channel.post('late')).toThrow('is closed')
    expect([heard, shared.channels()]).toEqual([[], ['two']])
    other.close()
    expect(shared.channels()).toEqual([])
  })
})

describe('a lock', () => {
  it('goes to one page after the other, unless one takes it', () => {
    const shared = open()
    const told: string[] = []
    const ask = (page: string, steal = false) =>
      shared.portsOf(page).lock('ours', {
        steal,
        granted: () => told.push(`${page} has it`),
        lost: () => told.push(`${page} lost it`),
        refused: () => told.push(`${page} may not`),
      })
    const end = ask('one')
    ask('two')
    expect(shared.claims()).toEqual([
      { page: 'one', name: 'ours', isHolder: true },
      { page: 'two', name: 'ours', isHolder: false },
    ])
    end()
    ask('three', true)
    expect(told).toEqual(['one has it', 'two has it', 'two lost it', 'three has it'])
  })
})
