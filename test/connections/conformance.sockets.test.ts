import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readRecordings } from '../../src/server/conformance/recordings'
import { type Finding, report } from '../../src/server/conformance/report'
import { readTranscript } from '../../src/server/conformance/transcript'
import { type HeldClock, heldClock } from '../support/held-clock'
import { lendWebSocket } from '../support/lent-web-socket'
import { watchWires } from '../support/wires'
import { openPlayer } from './conformance/client-player'
import { compareClient, type OtherClient } from './conformance/compare-client'
import { compareClientQuickly } from './conformance/compare-quickly'
import { type ConformingPage, openPage, type PagePlace } from './conformance/page'
import { playTranscript } from './conformance/play-transcript'
import { recordedClient } from './conformance/recorded-client'

const RECORDINGS = readRecordings(fileURLToPath(new URL('../fixtures/reverb/', import.meta.url)))

const SAME = /\n127 the same, 0 different, 52 not tried\n$/

const holdClock = (): HeldClock => {
  const clock = heldClock(watchWires())
  onTestFinished(clock.release)
  return clock
}

it('our client does what a client of the recorded Reverb has to, and every line is tried or named', async () => {
  const findings = await compareClient(RECORDINGS, holdClock())
  expect(report(findings)).toMatch(SAME)
  const lines = 139 + 22 + 30
  expect(findings.length).toBe(lines)
})

it('our client does so by the clock of the command, too', async () => {
  expect(report(await compareClientQuickly(RECORDINGS))).toMatch(SAME)
})

it('our client does as well on what was recorded of soketi, where that is another', async () => {
  const text = readFileSync(new URL('../fixtures/soketi/transcript.txt', import.meta.url), 'utf8')
  onTestFinished(lendWebSocket())
  const findings = await playTranscript(readTranscript(text), { clock: holdClock(), openPage, wire: {} })
  expect(report(findings)).toMatch(/\n61 the same, 0 different, 7 not tried\n$/)
})

const places = (findings: readonly Finding[]): readonly string[] =>
  findings.filter(({ verdict }) => verdict.kind === 'differs').map(({ section, line }) => `${section}, ${line}`)

/** A page of ours that is different in one way. */
const pageThat =
  (other: (page: ConformingPage) => Partial<ConformingPage>) =>
  (place: PagePlace): ConformingPage => {
    const page = openPage(place)
    return { ...page, ...other(page) }
  }

/** A page that does something else with the shop than to ask it. */
const pageThatAsks = (how: (shop: typeof fetch) => typeof fetch) => (place: PagePlace) =>
  openPage({ ...place, authorise: how(place.authorise) })

const connectionThat = (was: RegExp, is: string): OtherClient => ({
  openPage: pageThat((page) => ({ connection: () => page.connection().replace(was, is) })),
})

const never =
  (words: string) =>
  (frame: string): readonly string[] =>
    frame.includes(words) ? [] : [frame]

/** Subscribes with the first signature it ever got. */
const oneSignature = () => {
  let first = ''
  return (frame: string): readonly string[] => {
    first ||= /"auth":"[^"]*"/.exec(frame)?.[0] ?? ''
    return [frame.replace(/"auth":"[^"]*"/, first)]
  }
}

const complains = (frame: string, say: (frame: string) => void): readonly string[] => {
  if (frame.includes('4009')) say('{"event":"pusher:subscribe","data":{}}')
  return [frame]
}

const subscribesAllTheSame = (shop: typeof fetch) => async (url: unknown, init?: RequestInit) => {
  const answer = await shop(url as string, init)
  return answer.status === 403 ? Response.json({ auth: 'cart-bed-key:0000' }) : answer
}

const withoutHeaders =
  (shop: typeof fetch) =>
  (url: unknown, { headers: _, ...init }: RequestInit = {}) =>
    shop(url as string, init)

const linesOf = (section: string, ...lines: readonly number[]): readonly string[] =>
  lines.map((line) => `${section}, ${line}`)

/** Where pages are greeted and brought to their channel in one line; and in keep-alive.txt, where they come back as well. */
const GREETED = ['7c, 4', '8, 2', '9, 10', '10, 2', '10, 19']
const KEPT_ALIVE = linesOf('keep-alive', 1, 2, 3, 4, 5, 6)
const KEPT_ALIVE_LOST = linesOf('keep-alive', 24, 25, 26)
const SUBSCRIBED = [
  ...['1, 4', '2, 3', '2, 5', '2, 8', '4, 5', '4b, 1', '5, 4', ...GREETED, '10, 33', '11, 2', '12, 4'],
  ...linesOf('auth', 1, 2, 3, 8, 16),
  ...[...KEPT_ALIVE, ...KEPT_ALIVE_LOST],
]

describe('a page that is live', () => {
  // Not as recorded: Reverb says it to a client that whispers where it is no member, and goes on; other servers end the connection.
  it.each([1006, 4009])('takes a 4009 as none of its own, and the end after it (%i) as a loss', async (code) => {
    onTestFinished(lendWebSocket())
    const again = recordedClient(RECORDINGS.transcript, 'C')
    const conditions = { clock: holdClock(), openPage, wire: {} }
    const player = await openPlayer({ conditions, key: 'cart-bed-key', again })
    await player.upgrade()
    const refusal = '{"event":"pusher:error","data":"{\\"code\\":4009,\\"message\\":\\"Connection is unauthorized\\"}"}'
    const verdicts = [await player.goLive(again.greeting), await player.hear(refusal), await player.lose(code, '')]
    await player.close()
    expect(verdicts).toEqual([{ kind: 'same' }, { kind: 'same' }, { kind: 'same' }])
  })
})

describe('a client that', () => {
  it.each<[string, OtherClient, readonly string[]]>([
    [
      'asks for another protocol',
      { wire: { path: (path) => path.replace('protocol=7', 'protocol=5') } },
      [
        ...['1, 1', '4, 3', '5, 4', '7, 1', '7c, 3', '8, 1', '8, 5', '9, 2', '9, 9', '10, 1', '10, 18', '10, 33'],
        ...['11, 1', '12, 1', ...KEPT_ALIVE, ...KEPT_ALIVE_LOST],
      ],
    ],
    [
      'asks the shop for no JSON',
      { openPage: pageThatAsks(withoutHeaders) },
      [
        ...['1, 2', '1, 3', '2, 3', '2, 5', '2, 8', '4, 4', '4b, 1', '5, 4', ...GREETED, '10, 33', '11, 2', '12, 2'],
        ...[...KEPT_ALIVE, ...KEPT_ALIVE_LOST],
      ],
    ],
    ['shows no signature', { wire: { said: (frame) => [frame.replace(/"auth":"[^"]*",?/, '')] } }, SUBSCRIBED],
    [
      'subscribes twice',
      { wire: { said: (frame) => (/:subscribe/.test(frame) ? [frame, frame] : [frame]) } },
      SUBSCRIBED,
    ],
    [
      'comes back with the signature it had before',
      { wire: { said: oneSignature() } },
      [
        ...['2, 3', '2, 5', '4, 5', '5, 4', ...GREETED, '10, 33', '11, 2', '12, 4'],
        ...[...linesOf('auth', 1, 2, 3, 8, 16), ...KEPT_ALIVE, ...KEPT_ALIVE_LOST],
      ],
    ],
    ['does not answer a ping', { wire: { said: never('pusher:pong') } }, linesOf('keep-alive', 12, 13, 17, 21, 27)],
    ['subscribes again at once', { wire: { heard: complains } }, ['2, 2', '2, 4', '2, 9', '4, 2', '4b, 2', '9, 3']],
    [
      'subscribes where the shop says no',
      { openPage: pageThatAsks(subscribesAllTheSame) },
      linesOf('auth', 4, 5, 6, 7, 11, 12, 18, 20),
    ],
    ['does not hear that its key is unknown', { wire: { heard: never('4001') } }, ['7, 2', '7, 3']],
    ['takes another’s channel for its own', connectionThat(/^refused: origin.*/, 'live: subscribed'), ['9, 3', '9, 6']],
    [
      'calls every refusal a loss',
      connectionThat(/^refused: .*/, 'waiting: socket-lost'),
      ['7, 2', '7, 3', '9, 3', '9, 6', ...linesOf('auth', 4, 6, 7, 11, 12, 14, 18, 20)],
    ],
    ['calls a loss a refusal', connectionThat(/^waiting: over.*/, 'refused: over-capacity'), ['8, 6', '8, 9']],
    [
      'tells each change twice',
      { openPage: pageThat(({ heard }) => ({ heard: () => heard().flatMap((one) => [one, one]) })) },
      ['1, 6', '1b, 3', '6, 1', '12, 6'],
    ],
    ['tells none', { openPage: pageThat(() => ({ heard: () => [] })) }, ['1, 6', '1b, 3', '6, 1', '12, 6']],
  ])('%s is named, in exactly the lines about it', async (_, client, expected) => {
    expect(places(await compareClient(RECORDINGS, holdClock(), client))).toEqual(expected)
  })

  // What else differs then is up to it: whoever asks for a sign of life and is not heard leaves.
  it('never pings is named wherever it had to', async () => {
    const findings = await compareClient(RECORDINGS, holdClock(), { wire: { said: never('pusher:ping') } })
    const silences = ['1, 7', '10, 9', '10, 27', ...linesOf('keep-alive', 12, 13, 15, 16, 17)]
    expect(places(findings)).toEqual(expect.arrayContaining(silences))
  })
})
