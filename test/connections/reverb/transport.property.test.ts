import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PageSignal } from '../../../src/engine/environment'
import { meddle } from '../../support/meddling'
import { reverbPage } from '../../support/reverb-page'
import { SCHEDULES } from '../../support/schedules'
import { seededRandom } from '../../support/seeded-random'

const CHANNEL = 'private-App.Models.User.1'

/** What may happen to a page with a socket of ours. */
type Step =
  | { readonly name: 'say'; readonly frame: unknown }
  | { readonly name: 'greet' | 'confirm' | 'publish' }
  | { readonly name: 'end'; readonly code: number }
  | { readonly name: 'signal'; readonly signal: PageSignal }
  | { readonly name: 'pass'; readonly ms: number }
  | { readonly name: 'clock'; readonly byMs: number }

const codes = fc.constantFrom(1000, 1006, 1009, 4000, 4001, 4004, 4009, 4100, 4200, 4201, 4301)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Step>({ name: 'greet' }) },
  { weight: 5, arbitrary: fc.constant<Step>({ name: 'confirm' }) },
  { weight: 4, arbitrary: fc.constant<Step>({ name: 'publish' }) },
  codes.map((code): Step => ({ name: 'end', code })),
  codes.map((code): Step => ({ name: 'say', frame: { event: 'pusher:error', data: { code } } })),
  fc
    .constantFrom<unknown>(
      { event: 'pusher:ping' },
      { event: 'pusher:pong' },
      { event: 'pusher:subscription_error', channel: CHANNEL, data: { status: 401 } },
      { event: 'pusher:cache_miss', channel: CHANNEL },
      { event: 'pusher:connection_established', data: 'no' },
      { event: 'cart.conditions.changed', channel: 'private-App.Models.User.2', data: '{"n":"of another"}' },
      'no frame',
      '',
    )
    .map((frame): Step => ({ name: 'say', frame })),
  fc
    .constantFrom<PageSignal>('visible', 'hidden', 'online', 'offline', 'resumed', 'restored', 'woke', 'tick')
    .map((signal): Step => ({ name: 'signal', signal })),
  {
    weight: 6,
    arbitrary: fc.constantFrom(0, 1, 300, 2_000, 9_000, 31_000, 400_000).map((ms): Step => ({ name: 'pass', ms })),
  },
  fc.constantFrom(-3_600_000, 3_600_000).map((byMs): Step => ({ name: 'clock', byMs })),
)

/** What the shop says, by turns. */
const answers = [
  () => Response.json({ auth: 'k:signature' }),
  () => Response.json({ auth: 'k:signature' }),
  () => Response.json({}, { status: 500 }),
  () => new Promise<Response>(() => undefined),
]

/** How the page's own code is: what it does, and how often, from within what it hears. */
interface Acting {
  readonly seed: number
  readonly rate: number
  readonly mayStop: boolean
}

const acting: fc.Arbitrary<Acting> = fc.record({
  ...{ seed: fc.nat(0xffffff), rate: fc.constantFrom(0, 0.1, 0.4) },
  mayStop: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
})

/** From within what it has caused it acts so many times. */
const DEEPEST = 2

const walk = async (steps: readonly Step[], random: number, { seed, rate, mayStop }: Acting): Promise<void> => {
  let turn = 0
  // One object for all requests, as careless code has it.
  const headers = { 'X-Shop': 'mine' }
  const sentHeaders = new Set<string>()
  const chance = seededRandom(seed)
  let depth = 0
  let isStopped = false
  const page = reverbPage({
    random: () => random,
    authorises: (init) => {
      turn += 1
      sentHeaders.add(JSON.stringify([...new Headers(init?.headers)]))
      meddle(init?.headers)
      return (answers[turn % answers.length] as () => Response)()
    },
    auth: { headers: () => headers },
  })
  const { socket, sockets, environment, pass, delivered, said } = page
  const told: number[] = []
  let published = 0
  const publish = (): void => {
    published += 1
    socket().publish({ n: published })
  }
  const acts: (() => void)[] = [
    () => socket().end(1006),
    () => environment.signal('online'),
    () => environment.signal('restored'),
    () => environment.setClock(-3_600_000),
    () => {
      throw new Error('broken listener')
    },
  ]
  page.whenHeard(() => {
    for (const payload of delivered.slice(told.length)) {
      told.push((payload as { n: number }).n)
      meddle(payload)
    }
    if (isStopped || depth === DEEPEST || chance() > rate) return
    depth += 1
    try {
      if (mayStop && chance() < 0.2) {
        isStopped = true
        page.link.stop()
      } else acts[Math.floor(chance() * acts.length)]?.()
    } catch {
      // Whoever hears it does not let it through: the session guards its listeners.
    } finally {
      depth -= 1
    }
  })
  for (const next of steps) {
    if (next.name === 'greet') socket().greet()
    if (next.name === 'confirm') socket().confirm()
    if (next.name === 'say') socket().say(next.frame)
    if (next.name === 'end') socket().end(next.code)
    if (next.name === 'signal') environment.signal(next.signal)
    if (next.name === 'clock') environment.setClock(next.byMs)
    if (next.name === 'publish') publish()
    await pass(next.name === 'pass' ? next.ms : 0)
    if (isStopped) {
      expect(page.left(), 'left behind by a stop from within').toEqual([0, 0, 0])
      continue
    }
    const [timers] = page.left()
    expect(
      timers,
      'a timer for the socket, one for the channel, its signature, and the page clock',
    ).toBeLessThanOrEqual(4)
    expect(sockets.filter(({ isClosed }) => !isClosed()).length, 'sockets').toBeLessThanOrEqual(1)
    const isEnded = said.at(-1)?.startsWith('refused') ?? false
    expect(timers, 'something is planned, unless it is refused for good').toBeGreaterThan(isEnded ? 0 : 1)
  }
  expect(sentHeaders.size, 'the same headers each time').toBeLessThanOrEqual(1)
  expect(told, 'each once, and in order').toEqual([...new Set(told)].sort((a, b) => a - b))
  for (const { sent } of sockets) {
    const shown = sent.filter(({ event }) => event === 'pusher:subscribe').length
    expect(sent.every(({ event }) => /^pusher:(subscribe|ping|pong)$/.test(event))).toBe(true)
    expect(shown).toBeLessThanOrEqual(sent.length)
  }
  page.link.stop()
  expect(page.left()).toEqual([0, 0, 0])
  await pass(400_000)
  expect(page.left(), 'left behind').toEqual([0, 0, 0])
}

const numRuns = SCHEDULES

describe('a socket of ours, under any schedule,', () => {
  it(
    'has one connection at most, always plans the next step, tells each broadcast once, and leaves nothing behind',
    () =>
      fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.double({ min: 0, max: 1, noNaN: true }), acting, walk),
        {
          numRuns,
        },
      ),
    SCHEDULES * 100 + 90_000,
  )

  it(
    'is live again soon after the server is there, whatever was before',
    () =>
      fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
          const page = reverbPage()
          const { socket, environment, pass, said } = page
          for (const next of steps) {
            if (next.name === 'end' && next.code !== 4001 && next.code !== 4009) socket().end(next.code)
            if (next.name === 'signal') environment.signal(next.signal)
            if (next.name === 'greet') socket().greet()
            await pass(next.name === 'pass' ? next.ms : 0)
          }
          // The longest of all pauses is 5 min, of a server over its capacity.
          for (let second = 0; second < 420 && said.at(-1) !== 'subscribed'; second += 1) {
            socket().greet()
            await pass(0)
            socket().confirm()
            await pass(1_000)
          }
          expect(said.at(-1)).toBe('subscribed')
          page.link.stop()
        }),
        { numRuns },
      ),
    SCHEDULES * 100 + 90_000,
  )
})
