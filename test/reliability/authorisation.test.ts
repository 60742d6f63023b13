import { describe, expect, it } from 'vitest'
import type { Fault } from '../../src/server'
import { expectNothingLeft, openStage, type Stage, type Trial, undergo } from './support/matrix'

// Every socket ends, so that the channel is authorised anew, and that goes wrong.

/** Ends every socket, under faults that were there before. */
const reconnectUnder =
  (...faults: readonly Fault[]): Trial['fault'] =>
  ({ shop: { server } }) => {
    for (const fault of faults) server.faults.start(fault)
    server.faults.start({ kind: 'kill' })
  }

const answering = (status: number, body: string | object = { message: '' }, headers = {}): Fault => ({
  kind: 'answer',
  on: 'auth',
  status,
  body: body as string,
  headers,
})

const HTML = { 'Content-Type': 'text/html' }
const PAGE = '<!doctype html><title>Log in</title>'

const startAgain: Trial['mend'] = ({ shop, page }) => {
  shop.server.faults.clear()
  page.cart.start()
}

/** Logs in again, and looks at the page some seconds later. */
const logInAgain: Trial['mend'] = async ({ logIn, pass, page }) => {
  await logIn()
  await pass(4_000)
  page.signal('visible')
}

const both = (sentence: string, trial: Trial): (readonly [string, Trial])[] => [
  [`${sentence}, by a socket of our own`, { ...trial, row: `${trial.row}-reverb` }],
  [`${sentence}, by the page’s Echo`, { ...trial, row: `${trial.row}-page`, page: { socket: 'page' } }],
]

const untilStarted: readonly (readonly [string, Trial])[] = [
  ...both('403, and the check still knows the shopper: the page polls until it is started again', {
    row: 'auth-403',
    fault: reconnectUnder(answering(403)),
    meanwhile: 'polling: not-authorised',
    lastsMs: 60_000,
    reports: ['not-authorised'],
    mend: startAgain,
  }),
  ...both('419: the page polls until it is started again', {
    row: 'auth-419',
    fault: reconnectUnder(answering(419)),
    meanwhile: 'polling: page-expired',
    lastsMs: 60_000,
    reports: ['page-expired'],
    mend: startAgain,
  }),
  ...both('404: the page polls until it is started again', {
    row: 'auth-404',
    fault: reconnectUnder(answering(404)),
    meanwhile: 'polling: misconfigured',
    lastsMs: 60_000,
    reports: ['misconfigured'],
    mend: startAgain,
  }),
]

const byItself: readonly (readonly [string, Trial])[] = [
  ...both('403 of a session that is over, as the check confirms: left until somebody logs in again and looks', {
    row: 'auth-403-session-over',
    fault: reconnectUnder({ kind: 'lose-session', customer: 1 }),
    meanwhile: 'refused: session-over',
    mend: logInAgain,
    reports: ['not-authorised', 'session-over'],
  }),
  ...both('500', {
    row: 'auth-500',
    fault: reconnectUnder(answering(500)),
    meanwhile: 'polling: authorisation-failed',
    reports: ['authorisation-failed'],
  }),
  ...both('502', {
    row: 'auth-502',
    fault: reconnectUnder(answering(502, '<h1>502 Bad Gateway</h1>', HTML)),
    meanwhile: 'polling: authorisation-failed',
    reports: ['authorisation-failed'],
  }),
  ...both('a log-in page instead, 200', {
    row: 'auth-html',
    fault: reconnectUnder(answering(200, PAGE, HTML)),
    meanwhile: 'polling: blocked',
    reports: ['blocked'],
  }),
  [
    'a firewall’s challenge with a status of 403, by a socket of our own',
    {
      row: 'auth-html-403-reverb',
      fault: reconnectUnder(answering(403, PAGE, HTML)),
      meanwhile: 'polling: blocked',
      reports: ['blocked'],
    },
  ],
  ...both('a redirect to the log-in page', {
    row: 'auth-redirect',
    fault: reconnectUnder({ kind: 'redirect', on: 'auth' }),
    meanwhile: 'polling: blocked',
    reports: ['blocked'],
  }),
  ...both('503 for five seconds', {
    row: 'auth-503-5s',
    fault: reconnectUnder(answering(503)),
    meanwhile: 'waiting: authorisation-failed',
    lastsMs: 5_000,
    reports: ['authorisation-failed'],
  }),
  ...both('503 for five minutes', {
    row: 'auth-503-5m',
    fault: reconnectUnder(answering(503)),
    meanwhile: 'polling: authorisation-failed',
    lastsMs: 300_000,
    reports: ['authorisation-failed'],
  }),
  [
    '503 with Retry-After of a minute, which a socket of our own respects',
    {
      row: 'auth-503-retry-after',
      fault: reconnectUnder(answering(503, { message: '' }, { 'Retry-After': '60' })),
      meanwhile: 'waiting: authorisation-failed',
      lastsMs: 55_000,
      requests: { auth: 2 },
      reports: ['authorisation-failed'],
    },
  ],
  [
    'no answer in time, by a socket of our own',
    {
      row: 'auth-hang-reverb',
      page: { authorising: { timeoutMs: 50 } },
      fault: reconnectUnder({ kind: 'hang', on: 'auth' }),
      meanwhile: 'polling: authorisation-failed',
      reports: ['authorisation-failed'],
    },
  ],
  [
    'no answer ever, by the page’s Echo',
    {
      row: 'auth-hang-page',
      page: { socket: 'page' },
      fault: reconnectUnder({ kind: 'hang', on: 'auth' }),
      meanwhile: 'polling: no-answer',
      reports: ['no-answer'],
    },
  ],
  ...both('4009, the signature is refused', {
    row: 'code-4009-signature',
    fault: reconnectUnder({ kind: 'reject-signatures' }),
    meanwhile: 'polling: signature-refused',
    reports: ['signature-refused'],
  }),
]

/** Whether a socket was opened once more after the one that the fault ended. */
const reopened = ({ shop }: Stage): boolean => shop.server.seen().upgrades > 1

describe('a page hears every change once and in order, and shows the server’s total, when its authorisation fails by', () => {
  it.each(untilStarted)('%s', async (_sentence, trial) => {
    await undergo(trial)
  })

  it.each(byItself)('%s', async (_sentence, trial) => {
    const { stage } = await undergo(trial)
    // Authorised anew on the socket that is open: nobody else on it is disturbed.
    if (!trial.row.startsWith('auth-403')) expect(reopened(stage)).toBe(false)
  })
})

describe('a page that stops while its channel is being authorised', () => {
  it('leaves no request behind', async () => {
    const stage = await openStage()
    const { page, until, shop } = stage
    await until('it is live', () => page.connection().name === 'live')
    await reconnectUnder({ kind: 'hang', on: 'auth' })(stage)
    await until('it asks', () => page.left().requests === 1 && shop.server.sockets() === 1)
    await expectNothingLeft(stage)
  })
})
