import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import {
  askThrew,
  type ConnectingReason,
  type Connection,
  type ConnectionFact,
  delayed,
  echoThrew,
  type IdleReason,
  moveConnection,
  nextTryAfter,
  notStarted,
  type PollingReason,
  type RefusedReason,
  refused,
  type WaitingReason,
} from '../../src/engine/state'

// Complete by type: a new state, a new step of connecting, or a new fact does not compile until it is decided here.
type StateName = Exclude<Connection['name'], 'connecting'> | ConnectingReason
type FactName = ConnectionFact['name']
/** Where a fact leads, as `name: reason`. `stays`: it changes nothing. */
type Expected = 'stays' | `${Connection['name']}: ${Connection['reason']}`

const error = new CartEchoError('no-answer', 'for the test')
const otherError = new CartEchoError('not-authorised', 'for the test')
const sinceMs = 100
const NOW_MS = 200

const states: Record<StateName, Connection> = {
  idle: { name: 'idle', reason: 'no-user', sinceMs },
  loading: { name: 'connecting', reason: 'loading', sinceMs },
  prerendering: { name: 'connecting', reason: 'prerendering', sinceMs },
  'finding-echo': { name: 'connecting', reason: 'finding-echo', sinceMs },
  'opening-socket': { name: 'connecting', reason: 'opening-socket', sinceMs },
  subscribing: { name: 'connecting', reason: 'subscribing', sinceMs },
  live: { name: 'live', reason: 'subscribed', sinceMs },
  polling: { name: 'polling', reason: 'not-authorised', sinceMs, error },
  waiting: { name: 'waiting', reason: 'no-answer', sinceMs, error },
  refused: { name: 'refused', reason: 'no-echo', sinceMs, error },
}

const shared: Connection = { name: 'waiting', reason: 'check-busy', sinceMs: 90, error }

const facts: Record<FactName, ConnectionFact> = {
  idle: { name: 'idle', reason: 'switched-off' },
  starting: { name: 'starting' },
  prerendering: { name: 'prerendering' },
  'socket-opening': { name: 'socket-opening' },
  'socket-open': { name: 'socket-open' },
  'socket-lost': { name: 'socket-lost', nextTryAtMs: 300 },
  subscribed: { name: 'subscribed' },
  'channel-left': { name: 'channel-left' },
  delayed: { name: 'delayed', reason: 'authorisation-failed', error: otherError, nextTryAtMs: 400 },
  polling: { name: 'polling', reason: 'no-socket', error: null, nextTryAtMs: 500 },
  refused: { name: 'refused', reason: 'not-authorised', error: otherError },
  shared: { name: 'shared', connection: shared, nextTryAtMs: 600 },
}

/** Where each fact leads, and from which states elsewhere. */
const table: Record<FactName, readonly [to: Expected, but?: { readonly [State in StateName]?: Expected }]> = {
  idle: ['idle: switched-off'],
  starting: ['connecting: finding-echo', { 'finding-echo': 'stays' }],
  prerendering: ['connecting: prerendering', { idle: 'stays', prerendering: 'stays', refused: 'stays' }],
  'socket-opening': [
    'connecting: opening-socket',
    {
      idle: 'stays',
      'opening-socket': 'stays',
      live: 'waiting: socket-lost',
      polling: 'waiting: socket-lost',
      waiting: 'stays',
      refused: 'stays',
    },
  ],
  'socket-open': ['connecting: subscribing', { idle: 'stays', subscribing: 'stays', live: 'stays', refused: 'stays' }],
  'socket-lost': ['waiting: socket-lost', { idle: 'stays', refused: 'stays' }],
  subscribed: ['live: subscribed', { idle: 'stays', live: 'stays' }],
  'channel-left': ['connecting: subscribing', { idle: 'stays', subscribing: 'stays', refused: 'stays' }],
  delayed: ['waiting: authorisation-failed', { idle: 'stays', refused: 'stays' }],
  polling: ['polling: no-socket', { idle: 'stays' }],
  refused: ['refused: not-authorised', { idle: 'stays' }],
  shared: ['waiting: check-busy'],
}

/** The error that comes with where it leads. */
const errors: { readonly [Name in FactName]?: CartEchoError } = {
  delayed: otherError,
  refused: otherError,
  shared: error,
}

const stateNames = Object.keys(states) as StateName[]
const factNames = Object.keys(facts) as FactName[]
const cells = factNames.flatMap((fact) =>
  stateNames.map((state) => ({ state, fact, expected: table[fact][1]?.[state] ?? table[fact][0] })),
)

describe('a connection', () => {
  it('begins idle', () => {
    expect(notStarted(5)).toEqual({ name: 'idle', reason: 'not-started', sinceMs: 5 })
  })

  it.each(cells)('$state and $fact: $expected', ({ state, fact, expected }) => {
    const next = moveConnection(states[state], facts[fact], NOW_MS)
    if (expected === 'stays') return expect(next).toBe(states[state])
    const [name, reason] = expected.split(': ')
    const hasError = name === 'waiting' || name === 'polling' || name === 'refused'
    const rest = hasError ? { error: errors[fact] ?? null } : {}
    expect(next).toEqual({ name, reason, sinceMs: fact === 'shared' ? shared.sinceMs : NOW_MS, ...rest })
  })

  it('takes each reason from the fact that gives it', () => {
    const idle: Record<IdleReason, true> = {
      'not-started': true,
      'no-user': true,
      'switched-off': true,
      'no-browser': true,
    }
    const waiting: Record<WaitingReason, true> = {
      'socket-lost': true,
      'authorisation-failed': true,
      blocked: true,
      'signature-refused': true,
      'no-answer': true,
      'over-capacity': true,
      'socket-refused': true,
      'check-failed': true,
      'check-refused': true,
      'check-busy': true,
      'not-loaded': true,
    }
    const refused: Record<RefusedReason, true> = {
      'echo-failed': true,
      misconfigured: true,
      'no-echo': true,
      'no-real-time': true,
      'no-web-socket': true,
      'not-authorised': true,
      'origin-refused': true,
      'other-user': true,
      'over-capacity': true,
      'page-conflict': true,
      'page-expired': true,
      'session-over': true,
      'socket-refused': true,
      'unknown-app': true,
    }
    const polling: Record<PollingReason, true> = { 'no-socket': true, 'no-broadcasts': true, ...waiting, ...refused }
    const given: ConnectionFact[] = [
      ...(Object.keys(idle) as IdleReason[]).map((reason) => ({ name: 'idle' as const, reason })),
      ...(Object.keys(waiting) as WaitingReason[]).map((reason) => ({ name: 'delayed' as const, reason, error })),
      ...(Object.keys(polling) as PollingReason[]).map((reason) => ({ name: 'polling' as const, reason, error })),
      ...(Object.keys(refused) as RefusedReason[]).map((reason) => ({ name: 'refused' as const, reason, error })),
    ]
    for (const fact of given) {
      const next = moveConnection(states.live, fact, NOW_MS)
      expect(next).toEqual({ ...fact, name: fact.name === 'delayed' ? 'waiting' : fact.name, sinceMs: NOW_MS })
      expect(moveConnection(next, fact, NOW_MS + 1)).toBe(next)
    }
  })

  it('is tried again when the fact says so that led to it, while it waits or is polled', () => {
    const planned = (state: StateName, fact: FactName) =>
      nextTryAfter(moveConnection(states[state], facts[fact], NOW_MS), facts[fact])
    expect((['socket-lost', 'delayed', 'polling', 'shared'] as const).map((fact) => planned('live', fact))).toEqual([
      300, 400, 500, 600,
    ])
    expect([planned('waiting', 'socket-opening'), planned('refused', 'delayed'), planned('idle', 'polling')]).toEqual([
      null,
      null,
      null,
    ])
  })

  it('is the same object, since the same moment, unless name or reason are others', () => {
    // What is shared began when it began for the tab that shares it.
    const ownNames = factNames.filter((name) => name !== 'shared')
    const fact = fc.constantFrom(...ownNames).map((name) => facts[name])
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 20 }), (given) => {
        let now = notStarted(0)
        for (const [index, one] of given.entries()) {
          const next = moveConnection(now, one, index + 1)
          const moved = next.name !== now.name || next.reason !== now.reason
          expect(next === now).toBe(!moved)
          expect(next.sinceMs).toBe(moved ? index + 1 : now.sinceMs)
          now = next
        }
      }),
    )
  })

  it('is never live by a socket alone', () => {
    const facing = factNames.filter((name) => name !== 'subscribed').map((name) => facts[name])
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...facing), { maxLength: 20 }), (given) => {
        const end = given.reduce((now, fact) => moveConnection(now, fact, 0), notStarted(0))
        expect(end.name).not.toBe('live')
      }),
    )
  })
})

describe('the error of a connection', () => {
  // Complete by type, too.
  const refusals: Record<Parameters<typeof refused>[0], string> = {
    'echo-failed': 'Echo threw',
    misconfigured: 'correct the address',
    'no-real-time': 'set another',
    'no-web-socket': 'look at connect-src, and for a proxy',
    'not-authorised': 'routes/channels.php',
    'origin-refused': 'allowed_origins',
    'other-user': 'identify()',
    'over-capacity': 'max_connections',
    'page-expired': 'Reload the page',
    'session-over': 'Log in again, then call identify()',
    'socket-refused': 'Look at the log',
    'unknown-app': 'REVERB_APP_KEY',
  }
  const delays: Record<Parameters<typeof delayed>[0], string> = {
    'authorisation-failed': 'Look at what the endpoint answers',
    blocked: 'open the address',
    'check-busy': 'Raise the throttle',
    'check-failed': 'No answer of the check',
    'check-refused': 'Look at what the check wants',
    'no-answer': 'look at the socket server',
    'over-capacity': 'max_connections',
    'signature-refused': 'REVERB_APP_SECRET',
    'socket-refused': 'Look at the log',
  }
  const detail = '(https://shop.test/check, HTTP 599)'
  const all = [
    ...Object.entries(refusals).map(
      ([reason, first]) => [refused(reason as 'echo-failed', { detail }), first] as const,
    ),
    ...Object.entries(delays).map(([reason, first]) => [delayed(reason as 'blocked', { detail }), first] as const),
  ]

  it.each(all.map(([fact, first]) => ({ ...fact, first })))(
    '$name: $reason is one short line: what to do first, and what was there',
    ({ reason, error: { code, message, docs }, first }) => {
      expect([code, docs]).toEqual([reason, `cart-echo/docs/errors.md#${reason}`])
      expect(message).toContain(first)
      expect(message).toContain(` ${detail}`)
      expect(message.length - detail.length).toBeLessThan(75)
    },
  )

  it('has the words of what was thrown', () => {
    const cause = new Error('no socket today')
    for (const { code, message, cause: known } of [echoThrew(cause).error, askThrew(cause)]) {
      expect(message).toBe(`${code === 'echo-failed' ? 'Echo threw:' : 'No answer of the check:'} no socket today`)
      expect(known).toBe(cause)
    }
  })
})
