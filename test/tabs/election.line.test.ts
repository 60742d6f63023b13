import { describe, expect, it } from 'vitest'
import type { Bus, TabPorts } from '../../src/engine/environment'
import type { CartEchoError } from '../../src/engine/errors'
import type { Message } from '../../src/tabs/bus'
import { openLine } from '../../src/tabs/election'

const portsWith = (openBus: TabPorts['openBus']): TabPorts => ({ lock: () => () => undefined, openBus })

/** The line of tab `a`, with what it posted, heard and reported, and a voice on the other end. */
const lineIn = (post: Bus['post'] = () => undefined) => {
  const posted: unknown[] = []
  const heard: Message[] = []
  const errors: CartEchoError[] = []
  let isOpen = true
  let voice: (data: unknown) => void = () => undefined
  const ports = portsWith((_name, hear) => {
    voice = hear
    const close = () => {
      isOpen = false
    }
    const keep = (message: unknown) => {
      post(message)
      posted.push(message)
    }
    return { post: keep, close }
  })
  const line = openLine(
    ports,
    'line',
    'a',
    (message) => heard.push(message),
    (error) => errors.push(error),
  )
  return { line, posted, heard, errors, isOpen: () => isOpen, say: (data: unknown) => voice(data) }
}

describe('the line to the other tabs', () => {
  it('signs what is said, and hears what others said', () => {
    const { line, posted, heard, say } = lineIn()
    line?.post({ name: 'bye' })
    say({ name: 'bye', from: 'b' })
    expect([posted, heard]).toEqual([[{ name: 'bye', from: 'a' }], [{ name: 'bye', from: 'b' }]])
  })

  it('reports what cannot be read once, and passes it over', () => {
    const { heard, errors, say } = lineIn()
    say({ name: 'bye', from: 5 })
    say('nonsense')
    expect([heard, errors.map(({ code }) => code)]).toEqual([[], ['invalid-payload']])
    expect(errors[0]?.report).toMatchObject({ path: 'from' })
  })

  it('reports what cannot be sent, and throws nothing', () => {
    const { line, errors } = lineIn(() => {
      throw new Error('DataCloneError')
    })
    line?.post({ name: 'bye' })
    expect(errors.map(({ code }) => code)).toEqual(['invalid-payload'])
  })

  it('hears nothing more once it is closed', () => {
    const { line, heard, errors, say, isOpen } = lineIn()
    line?.close()
    say({ name: 'bye', from: 'b' })
    say('nonsense')
    expect([heard, errors, isOpen()]).toEqual([[], [], false])
  })

  it('is not there where the browser forbids it', () => {
    const forbidden = portsWith(() => {
      throw new Error('SecurityError')
    })
    const none = () => undefined
    expect(openLine(forbidden, 'line', 'a', none, none)).toBeNull()
  })
})
