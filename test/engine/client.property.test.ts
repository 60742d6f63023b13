import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVENT, type ListeningClient, listeningClient } from '../support/listening-client'
import { change } from '../support/payloads'
import { SCHEDULES } from '../support/schedules'

// Log-in, log-out, start, stop and late deliveries in any order, on one page: nobody hears another's change, nobody hears
// one twice, and what reaches the open link of a customer is heard.

type Step =
  | { name: 'identify'; user: number | null; enabled: boolean }
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

/** Takes one step. `sent` has what was sent to each link, by link; what a link sends belongs to its user. */
const walk = (steps: readonly Step[], canAsk: boolean): void => {
  const page: ListeningClient = listeningClient({ canAsk, identity: { user: 7 } })
  const { client, links, environment } = page
  const releases: (() => void)[] = []
  const sent: string[] = []
  let user: number | null = 7
  // A stay ends when another customer is named: then the page forgets.
  let stay = 0
  let count = 0
  const heard = new Map<string, number[]>()
  const holdToUser = (message: string | null) => {
    expect(message?.split(' ')[0], 'whose change is heard').toBe(String(user))
    const key = String(message)
    expect(heard.get(key) ?? [], 'heard once a stay').not.toContain(stay)
    heard.set(key, [...(heard.get(key) ?? []), stay])
  }
  client.on(EVENT, ({ message }) => holdToUser(message))
  const failures: unknown[] = []

  const deliver = (index: number, again: boolean): void => {
    const link = links[links.length - 1 - index]
    if (!link) return
    const last = [...sent].reverse().find((message) => message.startsWith(`${link.user} `))
    const message = again && last ? last : `${link.user} gets ${++count}`
    sent.push(message)
    const mustHear = link.stops === 0 && !(heard.get(message) ?? []).includes(stay)
    link.sink.deliver(EVENT, change({ id: message }, message))
    if (mustHear) expect(heard.get(message) ?? [], 'what reaches an open link is heard').toContain(stay)
  }

  const take = (next: Step): void => {
    if (next.name === 'start') releases.push(client.start())
    if (next.name === 'release') releases.shift()?.()
    if (next.name === 'stop') client.stop()
    if (next.name === 'wait') environment.advance(500)
    if (next.name === 'deliver') deliver(next.link, next.again)
    if (next.name !== 'identify') return
    if (next.user !== user) stay += 1
    user = next.user
    client.identify({ user: next.user, enabled: next.enabled })
    for (const { change } of client.news.get().unread) {
      if (!('message' in change) || !String(change.message).startsWith(`${user} `)) failures.push(change)
    }
  }

  for (const next of steps) take(next)
  expect(page.errors.map(({ message }) => message)).toEqual([])
  expect(failures).toEqual([])
  page.end()
}

describe('log-out and log-in on one page', () => {
  it.each([
    ['listens', false],
    ['can be asked', true],
  ])('never show one customer what another was sent, by a link that %s', (_what, canAsk) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => walk([{ name: 'start' }, ...steps], canAsk)),
      { numRuns: SCHEDULES },
    )
  })
})
