import { describe, it } from 'vitest'
import type { Fault } from '../../src/server'
import { type Stage, type Trial, undergo } from './support/matrix'

// Every row of the agreement's table, against real HTTP: a page that has nothing but the check, and what the check answers for a while.

const POLLING = 'polling: no-socket'
const HTML = { 'Content-Type': 'text/html' }
const PAGE = '<!doctype html><title>Not the shop</title>'

const answers = (status: number, body?: string | object, headers?: Readonly<Record<string, string>>): Fault => ({
  kind: 'answer',
  on: 'check',
  status,
  ...(body === undefined ? {} : { body: body as string }),
  ...(headers === undefined ? {} : { headers }),
})

const json = (status: number, headers?: Readonly<Record<string, string>>): Fault =>
  answers(status, { message: 'No.' }, headers)

const under =
  (...faults: readonly Fault[]): Trial['fault'] =>
  ({ shop }) => {
    for (const fault of faults) shop.server.faults.start(fault)
  }

const lookAgain = async ({ shop, page, pass }: Stage): Promise<void> => {
  shop.server.faults.clear()
  await pass(4_000)
  page.signal('visible')
}

const startAgain = ({ shop, page }: Stage): void => {
  shop.server.faults.clear()
  page.cart.start()
}

const trial = (row: string, fault: Fault, more: Partial<Trial> = {}): Trial => ({
  row: `check-${row}`,
  page: { socket: 'none' },
  fed: POLLING,
  fault: under(fault),
  ...more,
})

const sessionOver: Partial<Trial> = { meanwhile: 'refused: session-over', reports: ['session-over'], mend: lookAgain }
const blocked: Partial<Trial> = { meanwhile: 'waiting: blocked', reports: ['blocked'] }
const refused: Partial<Trial> = { meanwhile: 'waiting: check-refused', reports: ['check-refused'] }
const busy: Partial<Trial> = {
  meanwhile: 'waiting: check-busy',
  // Nearly as long as it was told to wait; the second request is the one after that.
  lastsMs: 115_000,
  reports: ['check-busy'],
  requests: { checks: 2 },
}
const failed: Partial<Trial> = { meanwhile: 'waiting: check-failed', reports: ['check-failed'] }
const FIVE_MINUTES = { lastsMs: 300_000 }

const polling: readonly (readonly [string, Trial])[] = [
  ['304', trial('304', answers(304), { lastsMs: 60_000 })],
  ['204', trial('204', answers(204), { lastsMs: 60_000 })],
  [
    '401 as JSON: the session is over until somebody looks',
    trial('401', json(401), { ...sessionOver, ...FIVE_MINUTES, requests: { checks: 3 } }),
  ],
  ['403 as JSON: the same', trial('403-json', json(403), sessionOver)],
  ['419 as JSON: the same', trial('419', json(419), sessionOver)],
  ['403 as HTML, a firewall’s', trial('403-html', answers(403, PAGE, HTML), { ...blocked, ...FIVE_MINUTES })],
  ['404 once, in the middle of a deploy', trial('404-once', { ...json(404), times: 1 } as Fault, refused)],
  [
    '404 thrice: it is believed, and not asked again before it is started again',
    trial('404-thrice', json(404), {
      meanwhile: 'refused: misconfigured',
      lastsMs: 300_000,
      reports: ['check-refused', 'misconfigured'],
      mend: startAgain,
      requests: { checks: 4 },
    }),
  ],
  ['409', trial('409', json(409), { ...refused, ...FIVE_MINUTES })],
  ['423', trial('423', json(423), { ...refused, ...FIVE_MINUTES })],
  ['429 with Retry-After of two minutes', trial('429', json(429, { 'Retry-After': '120' }), busy)],
  ['503 with Retry-After of two minutes', trial('503', json(503, { 'Retry-After': '120' }), busy)],
  [
    '503 of `artisan down` with Retry-After as a date, by a clock that is three hours wrong',
    trial(
      '503-date',
      { kind: 'maintenance', on: 'check', retryAfterS: 120, retryAs: 'date' },
      {
        ...busy,
        fault: under(
          { kind: 'skew', ms: 10_800_000 },
          { kind: 'maintenance', on: 'check', retryAfterS: 120, retryAs: 'date' },
        ),
      },
    ),
  ],
  ['500 as JSON', trial('500', json(500), { ...failed, ...FIVE_MINUTES })],
  ['502 as HTML', trial('502-html', answers(502, PAGE, HTML), failed)],
  ['200 as HTML', trial('html', answers(200, PAGE, HTML), { ...blocked, ...FIVE_MINUTES })],
  ['a challenge, 403', trial('challenge', { kind: 'challenge', on: 'check' }, blocked)],
  ['a redirect to the log-in page', trial('redirect', { kind: 'redirect', on: 'check' }, blocked)],
  [
    'JSON that is broken',
    trial('broken-json', answers(200, '{"updated": tr', { 'Content-Type': 'application/json' }), failed),
  ],
  ['JSON of another shape', trial('other-json', answers(200, { data: [] }), failed)],
  [
    'a body that drips for longer than an answer may take',
    trial('slow', { kind: 'slow', on: 'check', bytes: 1, everyMs: 1_000 }, failed),
  ],
  ['no answer at all', trial('hang', { kind: 'hang', on: 'check' }, failed)],
]

/** With a socket: the check alone could fill the gap that is there. */
const live = (row: string, fault: Fault, more: Partial<Trial> = {}): Trial => ({
  row: `check-${row}-live`,
  fault: under(fault, { kind: 'drop', customer: 1, times: 1 }),
  ...more,
})

const withSocket: readonly (readonly [string, Trial])[] = [
  [
    '500 for a minute while a gap is to be filled',
    live('500', json(500), { lastsMs: 60_000, reports: ['check-failed'] }),
  ],
  [
    '503 with Retry-After of two minutes while a gap is to be filled',
    live('503', json(503, { 'Retry-After': '120' }), { lastsMs: 60_000, reports: ['check-busy'] }),
  ],
  [
    '200 as HTML for a minute while a gap is to be filled',
    live('html', answers(200, PAGE, HTML), { lastsMs: 60_000, reports: ['blocked'] }),
  ],
  [
    '401 while a gap is to be filled: the socket is left too',
    live('401', json(401), { meanwhile: 'refused: session-over', reports: ['session-over'], mend: lookAgain }),
  ],
]

describe('a page hears every change once and in order, and shows the server’s total, when for a while', () => {
  it.each(polling)('the check answers %s', async (_sentence, one) => {
    await undergo(one)
  })

  it.each(withSocket)('the check answers %s', async (_sentence, one) => {
    await undergo(one)
  })
})
