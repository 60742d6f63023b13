import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import type { Connection } from '../../src/engine/state'
import type { Query, Reply, TabNote } from '../../src/engine/transport'
import { createPost, createReader, isFromLeader, isLater, type Message, type Term, termAfter } from '../../src/tabs/bus'
import { answerOf, EVENT } from '../support/listening-client'
import { at } from '../support/payloads'

const error = new CartEchoError('check-busy', 'The check wants to be left alone.', { status: 429 })
const from = 'a'
const term = 3
const sinceMs = 5

const connections: Record<Connection['name'], Connection> = {
  idle: { name: 'idle', reason: 'switched-off', sinceMs },
  connecting: { name: 'connecting', reason: 'subscribing', sinceMs },
  live: { name: 'live', reason: 'subscribed', sinceMs },
  polling: { name: 'polling', reason: 'no-socket', sinceMs, error: null },
  waiting: { name: 'waiting', reason: 'check-busy', sinceMs, error },
  refused: { name: 'refused', reason: 'session-over', sinceMs, error },
}

const replies: Record<Reply['name'], readonly Reply[]> = {
  log: [
    { name: 'log', answer: answerOf('e1:1', 'e1:3') },
    { name: 'log', answer: answerOf(null, 'e1:3', { reset: true, spreadMs: 2_000 }) },
  ],
  bare: [{ name: 'bare', answer: { updated: true, message: null, atMs: 5 } }],
  nothing: [{ name: 'nothing' }],
  unanswered: ([1_000, 'when-told', 'never'] as const).map((next) => ({ name: 'unanswered', next, error })),
}

const notes: Record<TabNote['name'], TabNote> = {
  'changed-here': { name: 'changed-here', instance: 'default' },
  dismissed: { name: 'dismissed', keys: ['e1:1', 'id:7'] },
  'other-user': { name: 'other-user' },
}

const queries: readonly Query[] = [
  { since: null, owner: null },
  { since: { epoch: 'e1', seq: 0 }, owner: 'mine', maxAgeMs: 0 },
]

const messages: readonly Message[] = [
  ...(['visible', 'navigated', 'woke', null] as const).map((look) => ({
    name: 'hello' as const,
    from,
    isVisible: look !== null,
    look,
    leader: look ? { term, from: 'b' } : null,
  })),
  { name: 'bye', from },
  ...queries.map((query) => ({ name: 'ask' as const, from, id: 'a:1', query })),
  ...Object.values(notes).map((note) => ({ name: 'note' as const, from, note })),
  ...Object.values(connections).map((connection) => ({
    name: 'here' as const,
    from,
    term,
    n: 0,
    isVisible: true,
    connection,
    nextTryAtMs: connection.name === 'polling' ? 9 : null,
  })),
  { name: 'deliver', from, term, n: 7, event: EVENT, payload: at(3) },
  { name: 'deliver', from, term, n: 7, event: EVENT, payload: undefined },
  ...Object.values(replies)
    .flat()
    .map((reply) => ({ name: 'reply' as const, from, term, n: 7, ids: ['a:1', 'b:2'], reply, asOfMs: 4 })),
]

/** Two tabs on one bus. What `a` posts, or a stranger does, is heard by `b`, or is wrong: then where. */
const open = ({ post = structuredClone }: { post?: (message: unknown) => unknown } = {}) => {
  const heard: Message[] = []
  const errors: CartEchoError[] = []
  const report = (error: CartEchoError) => errors.push(error)
  const say = createReader((message) => heard.push(message), report)
  const bus = { post: (message: unknown) => say(post(message)), close: () => undefined }
  return { post: createPost(bus, from, report), heard, errors, say }
}

/** A message as another tab hears it. */
const sent = ({ from: _, ...message }: Message): Message | undefined => {
  const { post, heard } = open()
  post(message as Message)
  return heard[0]
}

const wrong = (data: unknown): string => {
  const { say, errors, heard } = open()
  say(data)
  return heard.length > 0 ? 'read' : String(errors[0]?.report?.path)
}

describe('what a tab says', () => {
  it.each(messages.map((message) => [JSON.stringify(message).slice(0, 90), message] as const))(
    'arrives: %s',
    (_, message) => {
      expect(sent(message)).toEqual(message)
    },
  )

  it('arrives with its errors as what they were, without what stays in its own page', () => {
    const trouble = new CartEchoError('session-over', 'Log in.', { status: 401, cause: { secret: 1 } })
    const here = sent({
      name: 'here',
      from,
      term,
      n: 0,
      isVisible: true,
      connection: { ...connections.refused, error: trouble } as Connection,
      nextTryAtMs: null,
    })
    const reply = sent({
      name: 'reply',
      from,
      term,
      n: 0,
      ids: [],
      asOfMs: 0,
      reply: { name: 'unanswered', next: 'never', error: trouble },
    })
    const errors = [
      here?.name === 'here' && 'error' in here.connection ? here.connection.error : null,
      reply?.name === 'reply' && reply.reply.name === 'unanswered' ? reply.reply.error : null,
    ]
    for (const one of errors) {
      expect(one).toBeInstanceOf(CartEchoError)
      expect({ ...one, message: one?.message }).toEqual({
        ...new CartEchoError('session-over', '', { status: 401 }),
        message: 'Log in.',
      })
      expect(one?.cause).toBeUndefined()
    }
  })

  it('may have more in it than we know of', () => {
    expect(sent({ name: 'bye', from, mood: 'good' } as never)).toEqual({ name: 'bye', from, mood: 'good' })
  })

  it('is the leader’s or not', () => {
    expect(messages.filter(isFromLeader).map(({ name }) => name)).toEqual(
      messages.map(({ name }) => name).filter((name) => ['here', 'deliver', 'reply'].includes(name)),
    )
  })
})

const here = { name: 'here', from, term, n: 0, isVisible: true, connection: connections.live, nextTryAtMs: null }
const reply = { name: 'reply', from, term, n: 0, ids: ['a'], reply: replies.nothing[0], asOfMs: 4 }
const hello = { name: 'hello', from, isVisible: true, look: null, leader: null }
const ask = { name: 'ask', from, id: 'a:1', query: queries[1] }
const answer = answerOf('e1:1', 'e1:3')
const logged = (part: object) => ({ ...reply, reply: { name: 'log', answer: { ...answer, ...part } } })
const fed = (part: object) => ({ ...here, connection: { ...connections.waiting, error: null, ...part } })
const unanswered = (part: object) => ({
  ...reply,
  reply: { name: 'unanswered', next: 5, error: { code: 'check-busy', message: '' }, ...part },
})

describe('what cannot be read', () => {
  it.each<[string, unknown, string]>([
    ['is nothing', undefined, ''],
    ['is a text', 'hello', ''],
    ['is a list', [here], ''],
    ['has no name', { from }, ''],
    ['has a name of its prototype', Object.create({ name: 'bye', from }), ''],
    ['has an unknown name', { name: 'goodbye', from }, ''],
    ['has a name of every object', { name: 'toString', from }, ''],
    ['says nothing of who speaks', { name: 'bye' }, 'from'],
    ['says of looking what is no answer', { ...hello, isVisible: 1 }, 'isVisible'],
    ['looked like nobody does', { ...hello, look: 'hidden' }, 'look'],
    ['knows a leader without a term', { ...hello, leader: { from: 'b' } }, 'leader.term'],
    ['knows no leader and does not say so', { ...hello, leader: undefined }, 'leader'],
    ['asks without a number', { ...ask, id: 5 }, 'id'],
    ['asks nothing', { ...ask, query: null }, 'query'],
    ['asks from half a place', { ...ask, query: { since: { epoch: 'e1' }, owner: null } }, 'query.since.seq'],
    [
      'asks from before the beginning',
      { ...ask, query: { since: { epoch: 'e1', seq: -1 }, owner: null } },
      'query.since.seq',
    ],
    ['asks for a number', { ...ask, query: { since: null, owner: 7 } }, 'query.owner'],
    ['is in a hurry without end', { ...ask, query: { ...queries[1], maxAgeMs: Number.NaN } }, 'query.maxAgeMs'],
    ['notes what is unknown', { name: 'note', from, note: { name: 'look' } }, 'note'],
    ['notes keys that are none', { name: 'note', from, note: { name: 'dismissed', keys: ['a', 5] } }, 'note.keys[1]'],
    ['comes from half a term', { ...here, term: 1.5 }, 'term'],
    ['comes from a term beyond the last', { ...here, term: 2 ** 40 - 1 }, 'term'],
    ['counts below 0', { ...here, n: -1 }, 'n'],
    ['has no connection', { ...here, connection: { name: 'dead' } }, 'connection'],
    ['has a connection since never', fed({ sinceMs: undefined }), 'connection.sinceMs'],
    ['has a connection for no reason', fed({ reason: 5 }), 'connection.reason'],
    ['tries at no time', { ...here, nextTryAtMs: 'soon' }, 'nextTryAtMs'],
    ['has a connection in half a trouble', fed({ error: { code: 'blocked' } }), 'connection.error.message'],
    [
      'is refused without trouble',
      { ...here, connection: { ...connections.refused, error: null } },
      'connection.error',
    ],
    ['delivers no event', { name: 'deliver', from, term, n: 1, payload: {} }, 'event'],
    ['answers nobody', { ...reply, ids: 'a' }, 'ids'],
    ['answers at no time', { ...reply, asOfMs: '4' }, 'asOfMs'],
    ['answers what is unknown', { ...reply, reply: { name: 'well' } }, 'reply'],
    ['answers without an owner', logged({ owner: null }), 'reply.answer.owner'],
    ['answers up to nowhere', logged({ cursor: null }), 'reply.answer.cursor'],
    ['answers from half a place', logged({ since: { seq: 1 } }), 'reply.answer.since.epoch'],
    ['answers without events', logged({ events: null }), 'reply.answer.events'],
    [
      'answers with an event that has no name',
      logged({ events: [{ event: EVENT }, {}] }),
      'reply.answer.events[1].event',
    ],
    ['does not say whether it is a reset', logged({ reset: undefined }), 'reply.answer.reset'],
    ['spreads by a word', logged({ spreadMs: 'wide' }), 'reply.answer.spreadMs'],
    [
      'has half an answer',
      { ...reply, reply: { name: 'bare', answer: { updated: true, message: 5, atMs: 1 } } },
      'reply.answer.message',
    ],
    ['was not answered, for ever and a day', unanswered({ next: Number.POSITIVE_INFINITY }), 'reply.next'],
    ['was not answered, until somehow', unanswered({ next: 'soon' }), 'reply.next'],
    ['was not answered for no reason', unanswered({ error: null }), 'reply.error'],
  ])('%s', (_what, data, path) => {
    expect(wrong(data)).toBe(path)
  })

  it('is never thrown', () => {
    const shaped = fc.record(
      {
        name: fc.constantFrom(...messages.map(({ name }) => name)),
        from: fc.anything(),
        term: fc.anything(),
        reply: fc.anything(),
        connection: fc.anything(),
        query: fc.anything(),
        note: fc.anything(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(fc.anything(), shaped), (data) => {
        expect(() => open().say(data)).not.toThrow()
      }),
      { numRuns: 1_000 },
    )
  })

  it('is known however little of a message is wrong', () => {
    const path = fc.constantFrom(
      ...messages.flatMap((message) => leavesOf(message).map((steps) => ({ message, steps }))),
    )
    fc.assert(
      fc.property(path, ({ message, steps }) => {
        const spoiled = (posted: unknown) => {
          const data = structuredClone(posted)
          put(data, steps, Symbol.for('nothing of ours'))
          return data
        }
        const { post, heard, errors } = open({ post: spoiled })
        post(message)
        expect(heard.length > 0, steps.join('.')).toBe(steps.includes('payload'))
        const path = errors[0]?.report?.path.replace(/\[(\d+)\]/g, '.$1') ?? ''
        expect(steps.join('.')).toContain(path)
      }),
      { numRuns: 500 },
    )
  })
})

const leavesOf = (value: unknown, steps: string[] = []): string[][] => {
  if (value instanceof Error)
    return [
      [...steps, 'code'],
      [...steps, 'message'],
    ]
  if (typeof value !== 'object' || value === null) return [steps]
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...steps, key]))
}

const put = (data: unknown, [step = '', ...rest]: readonly string[], value: unknown): void => {
  const inside = data as Record<string, unknown>
  if (rest.length === 0) inside[step] = value
  else put(inside[step], rest, value)
}

describe('the bus', () => {
  it('reports what cannot be read once, and passes it over', () => {
    const { heard, errors, say } = open()
    say({ name: 'bye', from: 5 })
    say('nonsense')
    expect([heard, errors.map(({ code }) => code)]).toEqual([[], ['invalid-payload']])
  })

  it('reports what cannot be sent, and throws nothing', () => {
    const { post, errors } = open({
      post: () => {
        throw new Error('DataCloneError')
      },
    })
    post({ name: 'bye' })
    expect(errors.map(({ code }) => code)).toEqual(['invalid-payload'])
  })
})

describe('terms', () => {
  const someTerm: fc.Arbitrary<Term> = fc.record({
    term: fc.oneof(
      fc.nat(4),
      fc.integer({ min: 2 ** 40 - 4, max: 2 ** 40 - 2 }),
      fc.constant(2 ** 39),
      fc.constant(2 ** 39 - 1),
    ),
    from: fc.constantFrom('a', 'b', 'c', 'ba'),
  })

  it('are later or earlier to everybody, and whoever takes over is later', () => {
    fc.assert(
      fc.property(someTerm, someTerm, (a, b) => {
        const isSame = a.term === b.term && a.from === b.from
        expect([isLater(a, b), isLater(b, a)].filter(Boolean)).toHaveLength(isSame ? 0 : 1)
        expect([isLater({ ...a, term: termAfter(b) }, b), isLater(a, null)]).toEqual([true, true])
      }),
    )
  })

  it.each<[string, Term, Term]>([
    ['a higher one, whatever the names', { term: 2, from: 'a' }, { term: 1, from: 'z' }],
    ['of two that are the same, that of the greater name', { term: 3, from: 'b' }, { term: 3, from: 'a' }],
    ['the first, after the last', { term: 0, from: 'a' }, { term: 2 ** 40 - 2, from: 'b' }],
  ])('are later: %s', (_what, later, earlier) => {
    expect([isLater(later, earlier), isLater(earlier, later)]).toEqual([true, false])
  })
})
