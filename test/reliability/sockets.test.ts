import { describe, expect, it } from 'vitest'
import type { ShopperPageOptions } from '../support/shopper-page'
import { finished, isRight, type Stage, type Trial, undergo } from './support/matrix'

/** The three ways to a socket: a socket of our own, the page's steered, the page's left alone. */
const WAYS = {
  reverb: { socket: 'reverb' },
  steered: { socket: 'page', steer: true },
  page: { socket: 'page' },
} as const satisfies Record<string, ShopperPageOptions>

type Way = keyof typeof WAYS

/** A trial on one of the ways. */
const on = (way: Way, trial: Trial): Trial => ({
  ...trial,
  row: `${trial.row}-${way}`,
  page: WAYS[way],
})

const LIVE = 'live: subscribed'
const LOST = 'waiting: socket-lost'
const POLLING = 'polling: socket-lost'

const restart = (row: string, downMs: number, what: 'sockets' | 'everything' = 'sockets'): Trial => {
  let over: Promise<void> = Promise.resolve()
  return {
    row,
    fault: ({ shop }) => {
      over = shop.server.restart({ downMs, what })
    },
    meanwhile: LOST,
    mend: (stage) => finished(stage, over),
  }
}

/** These wait for nothing but the clock, so they wait together. */
const inRealTime: readonly (readonly [string, Trial])[] = [
  ['Reverb away for 1 s, in real time, by a socket of our own', on('reverb', restart('restart-1s', 1_000))],
  ['Reverb away for 4 s, in real time, by a socket of our own', on('reverb', restart('restart-4s', 4_000))],
]

const restarts: readonly (readonly [string, Trial])[] = [
  ['Reverb away for 1 s, by the page’s Echo, steered', on('steered', restart('restart-1s', 1_000))],
  ['Reverb away for 1 s, by the page’s Echo', on('page', restart('restart-1s', 1_000))],
  ['Reverb away for 4 s, by the page’s Echo, steered', on('steered', restart('restart-4s', 4_000))],
  ['Reverb away for 4 s, by the page’s Echo', on('page', restart('restart-4s', 4_000))],
  ['Reverb away for 60 s, by a socket of our own', on('reverb', restart('restart-60s', 60_000))],
  ['Reverb away for 60 s, by the page’s Echo, steered', on('steered', restart('restart-60s', 60_000))],
  ['Reverb away for 60 s, by the page’s Echo', on('page', restart('restart-60s', 60_000))],
  ['the whole server away for 4 s', on('reverb', restart('restart-all-4s', 4_000, 'everything'))],
  [
    'the whole server away for 60 s, which one error tells of',
    on('reverb', { ...restart('restart-all-60s', 60_000, 'everything'), reports: ['check-failed'] }),
  ],
]

/** Cuts the line, and lets nobody in. */
const cutLine = ({ proxy }: Stage): (() => Promise<void>) => {
  const open = proxy.set({ kind: 'refuse' })
  proxy.set({ kind: 'cut', afterBytes: 0 }, 'open')
  return open
}

const flapping: Trial = {
  row: 'offline-flapping',
  fault: async (stage) => {
    for (let time = 0; time < 5; time += 1) {
      const open = cutLine(stage)
      stage.page.signal('offline')
      await stage.pass(700)
      await finished(stage, open())
      stage.page.signal('online')
      await stage.pass(300)
    }
    cutLine(stage)
    stage.page.signal('offline')
  },
  meanwhile: LOST,
  mend: async (stage) => {
    await finished(stage, stage.proxy.clear())
    stage.page.signal('online')
  },
}

const halfOpen = (row: string, during: Trial['during']): Trial => ({
  row,
  fault: ({ proxy }) => proxy.set({ kind: 'half-open' }, 'open'),
  during,
  meanwhile: LOST,
  // pusher-js by itself would find out after 38 s at the earliest.
  withinMs: 20_000,
  // That connection never comes back to life.
  mend: () => undefined,
})

const silence: Trial = {
  row: 'silent',
  fault: ({ shop }) => shop.server.faults.start({ kind: 'silence' }),
  meanwhile: LOST,
}

const silentThenAway: Trial = {
  row: 'silent-then-away',
  fault: ({ shop }) => {
    shop.server.faults.start({ kind: 'silence' })
    shop.server.faults.start({ kind: 'refuse', what: 'sockets' })
  },
  meanwhile: POLLING,
  // Noticed after 60 s; pusher-js gives the next try 10 s more before it says that there is nothing.
  withinMs: 72_000,
}

const silent: readonly (readonly [string, Trial])[] = [
  ['a socket that falls silent, by a socket of our own', on('reverb', silence)],
  ['a socket that falls silent, by the page’s Echo, steered', on('steered', silence)],
  ['a socket that falls silent, by the page’s Echo', on('page', silence)],
  ['a socket that falls silent, and Reverb is away when that is noticed', on('page', silentThenAway)],
  ...(['reverb', 'steered', 'page'] as const).flatMap((way): (readonly [string, Trial])[] => [
    [
      `a half-open socket, noticed when the network comes back (${way})`,
      on(
        way,
        halfOpen('half-open-online', ({ page }) => page.signal('online')),
      ),
    ],
    [
      `a half-open socket, noticed when the page is looked at (${way})`,
      on(
        way,
        halfOpen('half-open-visible', async ({ page, pass }) => {
          page.signal('hidden')
          await pass(5_000)
          page.signal('visible')
        }),
      ),
    ],
    [
      `a laptop that slept for an hour (${way})`,
      on(
        way,
        halfOpen('sleep', ({ page }) => page.setClock(3_600_000)),
      ),
    ],
  ]),
]

const buffering: readonly (readonly [string, Trial])[] = (['reverb', 'steered', 'page'] as const).flatMap((way) => [
  [
    `a proxy that accepts sockets and passes nothing (${way})`,
    on(way, {
      row: 'proxy-hangs',
      fault: ({ shop, proxy }) => {
        proxy.set({ kind: 'hang' }, 'new')
        shop.server.faults.start({ kind: 'kill' })
      },
      meanwhile: POLLING,
    }),
  ],
  [
    `a proxy that lets sockets open and passes no frame (${way})`,
    on(way, {
      row: 'proxy-passes-no-frame',
      fault: ({ shop }) => {
        shop.server.faults.start({ kind: 'kill' })
        shop.server.faults.start({ kind: 'silence', sockets: 'all' })
      },
      meanwhile: POLLING,
    }),
  ],
  [
    `a proxy that passes the greeting and holds back the subscription (${way})`,
    on(way, {
      row: 'proxy-holds-subscription',
      fault: ({ shop }) => {
        shop.server.faults.start({ kind: 'late', on: 'auth', ms: 500 })
        shop.server.faults.start({ kind: 'kill' })
      },
      during: async ({ shop, proxy, until }) => {
        await until('the socket is open again', () => shop.server.sockets() === 1)
        proxy.set({ kind: 'buffer', direction: 'up' }, 'open')
      },
      meanwhile: 'polling: no-answer',
      reports: ['no-answer'],
    }),
  ],
])

const atOnce =
  (code: number, end: 'stay' | 'drop' | 'close', closeCode?: number): Trial['fault'] =>
  ({ shop }) =>
    shop.server.faults.start({ kind: 'error', code, message: 'No.', end, ...(closeCode ? { closeCode } : {}) })

const atTheDoor =
  (code: number): Trial['fault'] =>
  ({ shop }) => {
    shop.server.faults.start({ kind: 'error', at: 'connect', code, message: 'No.', end: 'drop' })
    shop.server.faults.start({ kind: 'kill' })
  }

const startAgain: Trial['mend'] = ({ shop, page }) => {
  shop.server.faults.clear()
  page.cart.start()
}

// pusher-js gives up for ever on these, and the Echo is the page's: it alone can connect it again.
const connectAgain: Trial['mend'] = ({ shop, page }) => {
  shop.server.faults.clear()
  page.echo?.connect()
}

const tooLong: Trial['fault'] = ({ page }) =>
  page.send('client-essay', 'x'.repeat(1_100_000), 'private-App.Models.User.1')

const strangersWhisper: Trial['fault'] = ({ page }) => page.send('client-psst', {}, 'private-App.Models.User.2')

const both = (sentence: string, trial: Trial, ...ways: Way[]): (readonly [string, Trial])[] =>
  (ways.length > 0 ? ways : (['reverb', 'page'] as const)).map((way) => [`${sentence} (${way})`, on(way, trial)])

const codes: readonly (readonly [string, Trial])[] = [
  ...both('every socket ended, and no other change follows the one that was missed', {
    row: 'kill-and-quiet',
    fault: ({ shop }) => shop.server.faults.start({ kind: 'kill' }),
    // Long before an audit could find it.
    during: (stage) => stage.until('it is told', () => isRight(stage) && stage.fed() === LIVE, 60_000),
    meanwhile: LOST,
  }),
  ...both('every socket ended at once without a close frame, 1006, as by kill -9', {
    row: 'kill',
    fault: ({ shop }) => shop.server.faults.start({ kind: 'kill' }),
    meanwhile: LOST,
  }),
  ...both('closed with 1009', { row: 'close-1009', fault: tooLong, meanwhile: LOST }),
  ...both('closed with 4200', { row: 'close-4200', fault: atOnce(4200, 'close', 4200), meanwhile: LOST }),
  ...both('4201, then dropped', { row: 'code-4201', fault: atOnce(4201, 'drop'), meanwhile: LOST }),
  ...both('4301 on a socket that stays', { row: 'code-4301', fault: atOnce(4301, 'stay') }),
  ...both(
    'closed with 4301, after which pusher-js alone gives up',
    {
      row: 'close-4301',
      fault: atOnce(4301, 'close', 4301),
      meanwhile: 'waiting: socket-refused',
      reports: ['socket-refused'],
    },
    'reverb',
    'steered',
  ),
  ...both(
    'closed with 4301, after which pusher-js gives up',
    {
      row: 'close-4301',
      fault: atOnce(4301, 'close', 4301),
      meanwhile: 'polling: socket-refused',
      reports: ['socket-refused'],
      mend: connectAgain,
    },
    'page',
  ),
  ...both(
    '4001, no such key, until somebody starts it again',
    {
      row: 'code-4001',
      fault: atTheDoor(4001),
      meanwhile: 'polling: unknown-app',
      reports: ['unknown-app'],
      mend: startAgain,
    },
    'reverb',
  ),
  ...both(
    '4001, no such key, until the page connects its Echo again',
    {
      row: 'code-4001',
      fault: atTheDoor(4001),
      meanwhile: 'polling: unknown-app',
      reports: ['unknown-app'],
      mend: connectAgain,
    },
    'steered',
    'page',
  ),
  ...both(
    '4004, over its quota, and well after two minutes',
    {
      row: 'code-4004',
      fault: atTheDoor(4004),
      meanwhile: 'polling: over-capacity',
      lastsMs: 120_000,
      reports: ['over-capacity'],
    },
    'reverb',
    'steered',
  ),
  ...both(
    '4004, over its quota, until the page connects its Echo again',
    {
      row: 'code-4004',
      fault: atTheDoor(4004),
      meanwhile: 'polling: over-capacity',
      lastsMs: 120_000,
      reports: ['over-capacity'],
      mend: connectAgain,
    },
    'page',
  ),
  ...both(
    '4009 at the door, this origin is not allowed, until somebody starts it again',
    {
      row: 'code-4009-origin',
      fault: atTheDoor(4009),
      meanwhile: 'polling: origin-refused',
      reports: ['origin-refused'],
      mend: startAgain,
    },
    'reverb',
  ),
  ...both(
    '4009 at the door, this origin is not allowed, until the page connects its Echo again',
    {
      row: 'code-4009-origin',
      fault: atTheDoor(4009),
      meanwhile: 'polling: origin-refused',
      reports: ['origin-refused'],
      mend: connectAgain,
    },
    'steered',
    'page',
  ),
  ...both('4009 for a whisper on another’s channel, which is not about ours', {
    row: 'code-4009-whisper',
    fault: strangersWhisper,
  }),
]

describe('a page hears every change once and in order, and shows the server’s total, through', () => {
  it.concurrent.for(inRealTime)('%s', async ([_sentence, trial], { onTestFinished }) => {
    await undergo({ ...trial, clock: 'real', onFinished: onTestFinished })
  })

  it.each([...restarts, ...silent, ...buffering, ...codes])('%s', async (_sentence, trial) => {
    const { stage } = await undergo(trial)
    if (!trial.meanwhile) expect(stage.page.states).not.toContain(LOST)
  })

  it('a network that comes and goes five times in five seconds', async () => {
    await undergo(flapping)
  })
})
