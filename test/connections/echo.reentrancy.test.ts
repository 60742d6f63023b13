// Whoever hears what the transport says may stop it, at any word: then nothing of ours is left on the Echo, and nothing happens any more.

import { describe, expect, it } from 'vitest'
import type { EchoLike, PageEcho } from '../../src/connections/echo/shape'
import { echoTransport } from '../../src/connections/echo/transport'
import type { Link } from '../../src/engine/transport'
import type { PusherState } from '../../src/testing/testing'
import { fakeEcho } from '../support/fake-echo'
import { fakePage } from '../support/fake-environment'

type Echo = ReturnType<typeof fakeEcho>

/** An Echo whose pusher-js can be steered and pinged; `calls` is what was asked of it. */
const wholeEcho = (state: PusherState) => {
  const echo = fakeEcho(state)
  const calls: string[] = []
  const become = (next: PusherState) => {
    if (echo.connector.pusher.connection.state !== next) echo.become(next)
  }
  Object.assign(echo.connector.pusher, {
    connect: () => {
      calls.push('connect')
      become('connecting')
    },
    disconnect: () => {
      calls.push('disconnect')
      become('disconnected')
    },
    send_event: () => calls.push('ping'),
  })
  echo.private('App.Models.User.1').subscribe = () => void calls.push('subscribe') as undefined
  return { echo, calls }
}

const sources: Record<string, (echo: Echo) => PageEcho> = {
  'the page’s own': (echo) => echo as EchoLike,
  'a promise': (echo) => Promise.resolve(echo as EchoLike),
}

/** What happens to a channel in a bad hour. */
const badHour: readonly ((echo: Echo) => void)[] = [
  (echo) => echo.become('connected'),
  (echo) => echo.refuse({ type: 'AuthError', error: '', status: 500 }),
  (echo) => echo.confirm(),
  (echo) => echo.send({}),
  (echo) => echo.leave(),
  (echo) => echo.become('unavailable'),
  (echo) => echo.become('connected'),
  (echo) => echo.connector.pusher.connection.emit('connecting_in', 1),
  (echo) => echo.become('connecting'),
  (echo) => echo.connector.pusher.connection.emit('error', { type: 'WebSocketError', error: { data: { code: 4004 } } }),
  (echo) => echo.become('disconnected'),
  (echo) => echo.become('connected'),
  (echo) => echo.become('failed'),
  (echo) => echo.become('connecting'),
  (echo) => echo.become('connected'),
  (echo) => echo.confirm(),
]

/** Lives through a bad hour, and stops at that word; null: never. Gives how many words there were. */
const live = async (source: string, stopAt: number | null): Promise<number> => {
  const environment = fakePage()
  const { echo, calls } = wholeEcho('connecting')
  let words = 0
  let link: Link | null = null
  let stopped = false
  const hear = (): void => {
    // As a session does: what is said before there is a link waits for it.
    if (!link) return
    if (words === stopAt) {
      stopped = true
      link.stop()
      calls.length = 0
    }
    if (!stopped) words += 1
  }
  const start = echoTransport({
    environment,
    echo: (sources[source] as (echo: Echo) => PageEcho)(echo),
    channel: 'App.Models.User.1',
    events: ['cart.conditions.changed'],
  })
  link = start({ deliver: hear, answer: hear, resync: hear, state: hear, report: hear, note: hear })
  await environment.advanceTurnByTurn(0)
  for (const happen of badHour) {
    happen(echo)
    await environment.advanceTurnByTurn(1_000)
    if (happen === badHour[4]) await environment.advanceTurnByTurn(2_000)
  }
  await environment.advanceTurnByTurn(60_000)
  environment.signal('visible')
  if (!stopped) link.stop()
  expect(
    [environment.pending(), environment.watching(), echo.bound()],
    `left behind, stopped at word ${stopAt}`,
  ).toEqual([0, 0, 0])
  if (stopped) expect(calls, `what it did after it was stopped at word ${stopAt}`).toEqual([])
  return words
}

describe('a transport that is stopped by whoever hears it', () => {
  it.each(Object.keys(sources))('leaves nothing behind, at whatever word: %s', async (source) => {
    const words = await live(source, null)
    expect(words).toBeGreaterThan(10)
    for (let word = 0; word < words; word += 1) await live(source, word)
  })

  it('does not move on to the Echo that the page has put in its place', async () => {
    const environment = fakePage()
    const [first, second] = [wholeEcho('connected').echo, wholeEcho('connected').echo]
    let echo = first
    let link: Link | null = null
    link = echoTransport({ environment, echo: () => echo as EchoLike, channel: 'App.Models.User.1', events: ['a.b'] })({
      deliver: () => undefined,
      answer: () => undefined,
      resync: () => undefined,
      state: ({ name }) => {
        if (name === 'channel-left') link?.stop()
      },
      report: () => undefined,
      note: () => undefined,
    })
    echo = second
    await environment.advanceTurnByTurn(15_000)
    expect([environment.pending(), environment.watching(), first.bound(), second.bound()]).toEqual([0, 0, 0, 0])
  })
})
