import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVENT, type FakeLink, type ListeningClient, listeningClient } from '../support/listening-client'
import { meddle } from '../support/meddling'
import { change } from '../support/payloads'
import { SCHEDULES } from '../support/schedules'
import { seededRandom } from '../support/seeded-random'

// Log-in, log-out, another channel, start, stop and late deliveries in any order, on one page whose listeners try to change what they are given and may do
// any of that themselves: nobody hears another's change, nobody hears one twice, and what reaches the open link of a customer is heard.

type Step =
  | { name: 'identify'; user: number | null; enabled: boolean; channel: string }
  | { name: 'start' }
  | { name: 'release' }
  | { name: 'stop' }
  | { name: 'deliver'; link: number; again: boolean }
  | { name: 'wait' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constant('identify' as const),
      user: fc.constantFrom(7, 8, null),
      channel: fc.constantFrom('a', 'a', 'a', 'b'),
      enabled: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    }),
  },
  { weight: 3, arbitrary: fc.constant<Step>({ name: 'start' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ name: 'release' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ name: 'stop' }) },
  {
    weight: 8,
    arbitrary: fc.record({ name: fc.constant('deliver' as const), link: fc.nat(5), again: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ name: 'wait' }) },
)

/** How often a listener acts, and which of its acts. */
interface Acting {
  readonly seed: number
  readonly rate: number
}

/** Takes the steps. What a link sends belongs to its user, on its channel. */
const walk = (steps: readonly Step[], { seed, rate }: Acting, canAsk: boolean): void => {
  let channel = 'a'
  const page: ListeningClient = listeningClient({
    canAsk,
    identity: { user: 7 },
    moveTo: () => (movedTo === channel ? 'none' : 'channel'),
  })
  const { client, links, environment } = page
  const chance = seededRandom(seed)
  const releases: (() => void)[] = []
  const sent: string[] = []
  let user: number | null = 7
  let movedTo = channel
  // A stay ends when another customer is named, or another channel: then the page forgets.
  let stay = 0
  let count = 0
  const heard = new Map<string, number[]>()
  const channelOf = new Map<FakeLink, string>()
  const nameOf = (link: FakeLink): string => {
    for (const one of links) if (!channelOf.has(one)) channelOf.set(one, channel)
    return `${link.user}@${channelOf.get(link)}`
  }
  client.on(EVENT, ({ message }) => {
    const key = String(message)
    expect(key.split(' ')[0], 'whose change is heard').toBe(`${user}@${channel}`)
    expect(heard.get(key) ?? [], 'heard once a stay').not.toContain(stay)
    heard.set(key, [...(heard.get(key) ?? []), stay])
  })
  const failures: unknown[] = []

  const deliver = (index: number, again: boolean): void => {
    const link = links[links.length - 1 - index]
    if (!link) return
    const name = nameOf(link)
    const last = [...sent].reverse().find((message) => message.startsWith(`${name} `))
    count += 1
    const message = again && last ? last : `${name} gets ${count}`
    sent.push(message)
    const isDue = link.stops === 0 && !(heard.get(message) ?? []).includes(stay)
    const before = stay
    link.sink.deliver(EVENT, change({ id: message }, message))
    // From within a listener it waits for its turn, and may have no more when that comes.
    if (isDue && depth === 0) expect(heard.get(message) ?? [], 'what reaches an open link is heard').toContain(before)
  }

  const identify = (next: Step & { name: 'identify' }): void => {
    nameOf(links[0] as FakeLink)
    if (next.user !== user || next.channel !== channel) stay += 1
    user = next.user
    movedTo = channel
    channel = next.channel
    client.identify({ user: next.user, enabled: next.enabled })
    movedTo = channel
    for (const { change } of client.news.get().unread) {
      if (!('message' in change) || !String(change.message).startsWith(`${user}@${channel} `)) failures.push(change)
    }
  }

  const take = (next: Step): void => {
    if (next.name === 'start') releases.push(client.start())
    if (next.name === 'release') releases.shift()?.()
    if (next.name === 'stop') client.stop()
    if (next.name === 'wait') environment.advance(500)
    if (next.name === 'deliver') deliver(next.link, next.again)
    if (next.name === 'identify') identify(next)
  }

  // After the one that notes it, which is told of all the same.
  let depth = 0
  client.on(EVENT, (...told) => {
    for (const one of [...told, client.news.get(), client.connection.get()]) meddle(one)
    if (depth === DEEPEST || chance() > rate) return
    depth += 1
    const act = steps[Math.floor(chance() * steps.length)]
    try {
      if (act) take(act)
    } finally {
      depth -= 1
    }
    if (chance() < 0.2) throw new Error('broken listener')
  })

  for (const next of steps) take(next)
  expect(page.errors.map(({ message }) => message).filter((words) => !words.includes('broken listener'))).toEqual([])
  expect(failures).toEqual([])
  page.end()
}

/** From within what it has caused a listener acts so many times. */
const DEEPEST = 3

const acting: fc.Arbitrary<Acting> = fc.record({ seed: fc.nat(0xffffff), rate: fc.constantFrom(0, 0.2, 0.6) })

describe('log-out and log-in on one page', () => {
  it.each([
    ['listens', false],
    ['can be asked', true],
  ])(
    'never show one customer what another was sent, by a link that %s',
    (_what, canAsk) => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 40 }), acting, (steps, acts) =>
          walk([{ name: 'start' }, ...steps], acts, canAsk),
        ),
        { numRuns: SCHEDULES },
      )
    },
    SCHEDULES * 20 + 90_000,
  )
})
