import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createCounter } from '../src/stats/count'
import { debug } from '../src/stats/debug'
import { BUCKETS_MS } from '../src/stats/figures'
import { watchEntries } from '../src/trace/entries'
import { entryOf, type Said } from './stats/support/said'
import { answerOf, listeningClient } from './support/listening-client'
import { at } from './support/payloads'

// docs/monitoring.md: its table, its PHP, its examples and its thresholds are those of the sources and of the measurements.

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

const doc = read('docs/monitoring.md')

const between = (text: string, from: string, to: string): string => {
  const [, rest] = text.split(from)
  if (!rest?.includes(to)) throw new Error(`There is no ${from} … ${to}.`)
  return rest.split(to)[0] ?? ''
}

/** The words in a union of a source file. */
const literals = (path: string, type: string): string[] => {
  const union = read(path).split(`export type ${type} =`)[1]?.split('\n\n')[0] ?? ''
  return [...union.matchAll(/'([\w-]+)'/g)].map(([, word = '']) => word)
}

const EVENT = 'cart.conditions.changed'

/** Everything that can be counted. */
const EVERYTHING: Said[] = [
  { name: 'heard', way: 'socket', place: null, event: EVENT, payload: {} },
  { name: 'heard', way: 'tab', place: null, event: EVENT, payload: {} },
  { name: 'duplicate', place: null, event: EVENT },
  { name: 'unreadable', place: null, event: EVENT },
  { name: 'gap', place: null, event: EVENT },
  { name: 'filled', atMs: 9 },
  { name: 'resync' },
  { name: 'asked', since: null },
  { name: 'answered', events: 1, tookMs: 1, place: null },
  { name: 'unanswered', error: null, tookMs: 1 },
  { name: 'reset' },
  ...(['done', 'skipped', 'failed', 'dropped'] as const).map((phase): Said => ({ name: 'refresh', phase })),
  { name: 'connection', connection: { name: 'live', reason: 'subscribed', sinceMs: 0 }, atMs: 0 },
  { name: 'connection', connection: { name: 'waiting', reason: 'socket-lost', sinceMs: 0, error: null }, atMs: 5 },
  { name: 'connection', connection: { name: 'live', reason: 'subscribed', sinceMs: 0 }, atMs: 9 },
  { name: 'handed-over', tabs: { name: 'tabs', self: 'a', leader: 'a', others: [] } },
  { name: 'error', error: { code: 'invalid-payload' } as never },
  ...(['socket', 'tab', 'check'] as const).flatMap((way) =>
    [0, ...BUCKETS_MS, 90_000].map(
      (lateMs): Said => ({
        ...{ name: 'told', way, place: null, event: EVENT, key: '', sentAtMs: 1_000_000 - lateMs, atMs: 1_000_000 },
      }),
    ),
  ),
]

const counted = (): string[] => {
  const counter = createCounter(true, 0)
  for (const said of EVERYTHING) counter.hear(entryOf(said))
  return Object.keys(counter.take(1_000_000))
}

describe('the table of figures', () => {
  const table = between(doc, '| name | what it counts |\n| --- | --- |\n', '\n\n')
  const names = table.split('\n').flatMap((row) => {
    const all = [...(row.split('|')[1] ?? '').matchAll(/`([\w.*]+)`/g)].map(([, name = '']) => name)
    // `.failed` after `refreshes.done`.
    return all.map((name) => (name.startsWith('.') ? `${all[0]?.split('.')[0]}${name}` : name))
  })
  const patterns = names.map((name) => new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '[\\w-]+')}$`))

  it('has every figure there is, and no other', () => {
    const figures = counted()
    expect(figures.filter((figure) => !patterns.some((pattern) => pattern.test(figure)))).toEqual([])
    expect(names.filter((_, row) => !figures.some((figure) => patterns[row]?.test(figure)))).toEqual([])
  })

  it('names the buckets that there are', () => {
    expect(table).toContain(`: ${BUCKETS_MS.join(', ')}, and \`more\``)
  })
})

describe('the PHP', () => {
  const php = between(doc, '// app/CartEcho/CartFigures.php', '```')
  const words = [...between(php, 'WORDS = [', '];').matchAll(/'([\w-]+)'/g)].map(([, word = '']) => word)
  const pattern = between(php, 'preg_match("/', '/Dx"')
    .replaceAll('$word', `(?:${words.join('|')})`)
    .replaceAll('$state', between(php, "$state = '", "'"))
    .replaceAll(/\s/g, '')
  const isName = (name: string): boolean => new RegExp(pattern).test(name)

  it('knows every reason and every code there is', () => {
    const reasons = ['IdleReason', 'ConnectingReason', 'WaitingReason', 'PollingReason', 'RefusedReason']
    const all = [
      ...reasons.flatMap((type) => literals('src/engine/state.ts', type)),
      ...literals('src/engine/errors.ts', 'CartEchoErrorCode'),
      ...['subscribed', 'other'],
    ]
    expect(words).toEqual([...new Set(all)].sort())
  })

  it('takes every figure there is', () => {
    expect(counted().filter((name) => !isName(name))).toEqual([])
  })

  it.each([
    'anna',
    'errors.anna',
    'errors.other.anna',
    'pages\n',
    'pages.4711',
    'told.letter',
    'became.live.anna',
    'latency.live.75',
    '',
  ])('takes no %j', (name) => {
    expect(isName(name)).toBe(false)
  })

  it('has the buckets that there are', () => {
    expect(php).toContain(`[${BUCKETS_MS.join(', ')}, 'more']`)
  })

  it('asks the card for what is later than the threshold, and nothing else', () => {
    const late = ['more', ...BUCKETS_MS.filter((bound) => bound > 2_500)].map((bound) => `latency.live.${bound}`)
    const only = [...between(doc, '$late = $sums->only([', '])').matchAll(/'([\w.]+)'/g)].map(([, name = '']) => name)
    expect(only.sort()).toEqual(late.sort())
  })
})

describe('the thresholds', () => {
  const measurements = read('docs/measurements.md')

  it.each([
    ['5.2 s', 'ten-thousand-pages', /the last page back \|.*; 5\.2 s after the server/],
    ['1.2 s', 'after-an-outage', /\| for 4 s \| [^|]*\| nothing lost, 1\.2 s \|/],
  ])('of %s are those measured in %s', (seconds, anchor, row) => {
    expect(doc).toContain(`[${seconds}](measurements.md#${anchor})`)
    expect(measurements).toMatch(row)
  })

  it('of the gap is that of the protocol', () => {
    expect(read('docs/protocol.md')).toContain('for a random 300 to 1000 ms')
  })
})

describe('the examples', () => {
  const page = () => {
    const opened = listeningClient({ canAsk: true, identity: { user: 7, owner: 'mine', cursor: 'b7f3:17' } })
    opened.client.start()
    return opened
  }

  it('of lines are those of a gap', async () => {
    const { client, environment, hear, link, end } = page()
    const lines: string[] = []
    globalThis.localStorage ??= { getItem: () => '1' } as never
    const stop = debug(client, { log: (line) => lines.push(line) })
    lines.length = 0
    link().sink.state({ name: 'subscribed' })
    hear(at(19, { epoch: 'b7f3' }))
    await environment.advanceTurnByTurn(1_000)
    await link().asked[0]?.answer(answerOf('b7f3:17', 'b7f3:19'))
    stop()
    Reflect.deleteProperty(globalThis, 'localStorage')
    const shown = between(doc, '```text\ncart-echo ', '```')
    // Entries are dated by the real clock here, which the fake one does not move.
    expect(lines.join('\n').replace(/in \d+ ms/, 'in 38 ms')).toBe(`cart-echo ${shown}`.trim())
    end()
  })

  it('of a report is that of a page that lost its socket for 1,300 ms', () => {
    const { client, environment, hear, link, end } = page()
    const { nowMs, advance } = environment
    const counter = createCounter(true, nowMs())
    const stop = watchEntries(client, counter.hear, nowMs)
    advance(900)
    link().sink.state({ name: 'subscribed' })
    advance(20_000)
    hear(at(18, { epoch: 'b7f3', sent_at_ms: nowMs() - 30 }))
    link().sink.state({ name: 'socket-lost' })
    advance(1_300)
    link().sink.state({ name: 'subscribed' })
    hear(at(19, { epoch: 'b7f3', sent_at_ms: nowMs() - 110 }))
    advance(10_000)
    expect(JSON.parse(between(doc, '<!-- snippet: monitoring-report -->\n```json\n', '```'))).toEqual(
      counter.take(nowMs()),
    )
    stop()
    end()
  })

  it('of what Prometheus is told say that report', () => {
    const report = JSON.parse(between(doc, '<!-- snippet: monitoring-report -->\n```json\n', '```'))
    const text = between(doc, '```text\ncart_echo', '```')
    const lines = `cart_echo${text}`.trim().split('\n')
    for (const [name, value] of Object.entries(report)) {
      const [what = '', ...which] = name.split('.')
      if (what.startsWith('latency')) continue
      const label = which.length > 0 ? `{which="${which.join('.')}"}` : ''
      expect(lines).toContain(`cart_echo_${what}_total${label} ${value}`)
    }
    expect(lines).toContain('cart_echo_latency_seconds_bucket{way="live",le="0.05"} 0')
    expect(lines).toContain('cart_echo_latency_seconds_bucket{way="live",le="0.1"} 1')
    expect(lines).toContain('cart_echo_latency_seconds_bucket{way="live",le="+Inf"} 1')
    expect(lines).toContain('cart_echo_latency_seconds_sum{way="live"} 0.08')
  })
})
