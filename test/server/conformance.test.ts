import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { compareKeepAlive, compareKeepAliveSlowly } from '../../src/server/conformance/compare-server'
import { playAuth } from '../../src/server/conformance/play-auth'
import { playTranscript } from '../../src/server/conformance/play-transcript'
import {
  RECORDED_APPLICATIONS,
  type RecordedReverb,
  type RecordedReverbOptions,
  readRecordings,
  startRecordedReverb,
} from '../../src/server/conformance/recordings'
import { countOf, type Finding, report } from '../../src/server/conformance/report'
import { compareStandIn, runConformance } from '../../src/server/conformance/run'
import { startStandIn } from '../../src/server/conformance/stand-in'
import { callApi } from '../../src/server/conformance/target'
import { listen } from '../../src/server/listen'
import type { Application } from '../../src/server/reverb/application'
import type { Reverb } from '../../src/server/reverb/reverb'
import { type Clock, finished, heldClock } from '../support/held-clock'
import { watchWires } from '../support/wires'

const FOLDER = fileURLToPath(new URL('../fixtures/reverb/', import.meta.url))
const RECORDINGS = readRecordings(FOLDER)

// Who waits for a frame in vain has waited long enough when nothing is under way any more, however busy the machine is.
let clock: Clock

beforeEach(() => {
  clock = heldClock(watchWires())
  onTestFinished(clock.release)
})

const recordedReverb = async (options: RecordedReverbOptions = {}): Promise<RecordedReverb> => {
  const started = await startRecordedReverb(options)
  onTestFinished(() => started.close())
  return started
}

/** Runs the command and gives what it printed. */
const conformance = async (...words: readonly string[]) => {
  let printed = ''
  const print = (text: string): void => {
    printed += text
  }
  const environment = { recordings: FOLDER, compareClient: async () => CLIENT_FINDINGS, out: print, err: print }
  const code = await finished(clock, runConformance(words, environment))
  return { code, printed }
}

/** What our client is said to differ in, by whoever hands it to the command. */
const CLIENT_FINDINGS: readonly Finding[] = [
  {
    recording: 'transcript.txt',
    section: '1',
    line: 7,
    verdict: { kind: 'differs', expected: 'live: subscribed; pings', got: 'live: subscribed; does not ping' },
  },
]

const at = ({ reverb: _, target }: RecordedReverb, secret = 'cart-bed-secret'): readonly string[] => {
  const { wsUrl, httpUrl } = target
  return ['--ws', wsUrl, '--http', httpUrl, '--app-id', '1001', '--key', 'cart-bed-key', '--secret', secret]
}

describe('the stand-in', () => {
  it('does everything that was recorded of Reverb 1.10.2, in the same order, and every line is tried', async () => {
    const findings = await finished(clock, compareStandIn(RECORDINGS))
    expect(report(findings)).toBe('148 the same, 0 different, 0 not tried\n')
    const lines = ['transcript.txt', 'auth.txt', 'keep-alive.txt'].map((name) => lineCount(name))
    expect(lines).toEqual([139, 22, 30])
    expect(findings.length).toBe(lines.reduce((all, count) => all + count))
  })
})

it('keep-alive is compared in the server’s own time, too', async () => {
  const server = { nowMs: 0 }
  const { reverb, target } = await recordedReverb({ now: () => server.nowMs })
  const compared = compareKeepAliveSlowly(RECORDINGS, target)
  // The last of the five who subscribe is the one on the fast application.
  const fast = target.others.get('cart-bed-fast') ?? target.main
  const lastIsOn = async () => (await callApi(target.httpUrl, fast, { method: 'GET', path: '/connections' })).body
  await expect.poll(lastIsOn).toBe('{"connections":1}')
  const sweepAt = (nowMs: number): void => {
    server.nowMs = nowMs
    reverb.sweep()
  }
  for (const nowMs of [60_000, 120_000]) {
    sweepAt(nowMs)
    // Two of those who are pinged answer.
    await expect.poll(() => heardAt(reverb, nowMs)).toBe(2)
  }
  sweepAt(180_000)
  expect(report(await finished(clock, compared))).toBe('27 the same, 0 different, 0 not tried\n')
})

const heardAt = (reverb: Reverb, nowMs: number): number =>
  [...reverb.connections()].filter((one) => one.activity().lastSeenAtMs === nowMs).length

/** Everything in a recording that is a line of its own: headings are none, and a preflight is one. */
const lineCount = (name: string): number => {
  const text = readFileSync(FOLDER + name, 'utf8').replace(/^CORS [^\0]*?(?=^CORS |$(?![^\0]))/gm, 'CORS\n')
  return text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')).length
}

describe('a stand-in with one rule broken', () => {
  const places = (findings: readonly Finding[]): readonly string[] =>
    findings.filter(({ verdict }) => verdict.kind === 'differs').map(({ section, line }) => `${section}, ${line}`)

  const withSettings = (key: string, settings: Partial<Application>): RecordedReverbOptions => ({
    applications: RECORDED_APPLICATIONS.map((one) => (one.key === key ? { ...one, ...settings } : one)),
  })

  const withFrames = (from: string, to: string): RecordedReverbOptions => ({
    wire: { outgoing: (frame, send) => send(frame.replace(from, to)) },
  })

  it.each<[string, RecordedReverbOptions, readonly string[]]>([
    ['has a greater quota', withSettings('cart-bed-max1', { maxConnections: 2 }), ['8, 6']],
    ['lets every origin in', withSettings('cart-bed-origin', { allowedOrigins: ['*'] }), ['9, 3']],
    [
      'lets one message more pass',
      withSettings('cart-bed-rate', { rateLimit: { attempts: 6, perSeconds: 60 } }),
      ['10, 15'],
    ],
    [
      'ends nobody for too many messages',
      withSettings('cart-bed-rate-kill', { rateLimit: { attempts: 5, perSeconds: 60 } }),
      ['10, 33', '10, 34'],
    ],
    ['lets everybody whisper', withSettings('cart-bed-nowhisper', { clientEvents: 'members' }), ['11, 6']],
    ['takes larger publishes', { maxRequestSize: 20_000 }, ['6, 3', '6, 4', '6, null']],
    ['gives a pong data', withFrames('pong"}', 'pong","data":{}}'), ['1, 8', ...pongs()]],
    ['names the channel of a refusal', withFrames('unauthorized', 'forbidden'), ['2, 2', '2, 4', '2, 9', '4b, 2']],
    [
      'does not hear who leaves a channel',
      { wire: { incoming: (message) => !message.includes('unsubscribe') } },
      ['1c, 2'],
    ],
    ['answers forged events', { wire: { incoming: complainOfForgery } }, ['4, 10']],
    ['tells an event twice', { wire: { outgoing: doubleSummerSale } }, ['1b, 4']],
  ])('that %s differs in exactly the lines about it', async (_, options, expected) => {
    const { target } = await recordedReverb(options)
    expect(places(await finished(clock, playTranscript(RECORDINGS.transcript, target)))).toEqual(expected)
  })

  it.each<[string, RecordedReverbOptions, readonly number[]]>([
    ['tells another activity time-out', withSettings('cart-bed-fast', { activityTimeoutS: 30 }), [6]],
    ['does not hear pongs', { wire: { incoming: (message) => !message.includes('pong') } }, [21, 27, 30]],
  ])('that %s differs in exactly the lines of keep-alive.txt about it', async (_, options, lines) => {
    const findings = await finished(clock, compareKeepAlive(RECORDINGS, options))
    expect(places(findings)).toEqual(lines.map((line) => `keep-alive, ${line}`))
  })
})

it('a shop that compares ids exactly differs in the one line of auth.txt about it', async () => {
  const { target, close } = await startStandIn({ channelRule: 'exact' })
  onTestFinished(close)
  const findings = await finished(clock, playAuth(RECORDINGS.auth, target))
  const differences = findings.filter(({ verdict }) => verdict.kind !== 'same')
  expect(differences).toMatchObject([
    { line: 8, verdict: { expected: expect.stringMatching(/^200/), got: '403 application/json {"message":""}' } },
  ])
})

const pongs = (): readonly string[] => [10, 11, 12, 13, 14, 28, 29, 30, 31, 32].map((line) => `10, ${line}`)

const complainOfForgery = (message: string, { send }: { send(frame: string): void }): boolean => {
  if (message.includes('forged')) send('{"event":"pusher:error"}')
  return true
}

const doubleSummerSale = (frame: string, send: (frame: string) => void): void => {
  send(frame)
  if (frame.includes('summer-sale')) send(frame)
}

describe('the command', () => {
  it('compares the stand-in and our client, each by itself, and fails for either', async () => {
    const { code, printed } = await conformance()
    expect(code).toBe(1)
    expect(printed).toBe(`The stand-in, as a server:
148 the same, 0 different, 0 not tried

Our client:
transcript.txt, section 1, line 7:
  expected live: subscribed; pings
  got      live: subscribed; does not ping
0 the same, 1 different, 0 not tried
`)
  })

  it('compares our client alone', async () => {
    const { code, printed } = await conformance('--client')
    expect(code).toBe(1)
    expect(printed).toMatch(/^transcript.txt, section 1, line 7:\n/)
    expect(printed).toMatch(/\n0 the same, 1 different, 0 not tried\n$/)
  })

  it('says what it could not try on another server, and why', async () => {
    const { code, printed } = await conformance(...at(await recordedReverb()))
    expect(code).toBe(0)
    expect(printed).toContain('not tried: transcript.txt, section 1: needs an auth endpoint (line 3)\n')
    expect(printed).toContain(
      'not tried: transcript.txt, section 11: needs the application cart-bed-nowhisper (line 1-6)\n',
    )
    expect(printed).toContain('not tried: keep-alive.txt, section keep-alive: takes four minutes: --slow (line 1-30)\n')
    expect(printed).toMatch(/\n56 the same, 0 different, \d+ not tried\n$/)
  })

  it('tries the recorded applications where they are', async () => {
    const { printed } = await conformance(...at(await recordedReverb()), '--recorded-apps')
    expect(printed).not.toContain('cart-bed-max1')
  })

  it('says line by line what differs, and fails', async () => {
    const { code, printed } = await conformance(...at(await recordedReverb({ maxRequestSize: 20_000 })))
    expect(code).toBe(1)
    expect(printed).toContain(
      'transcript.txt, section 6, line 3:\n  expected 413 Payload too large.\n  got      200 {}\n',
    )
  })

  it('calls a server that is none different in every line, and goes on', async () => {
    const server = createServer((_, response) => response.writeHead(418).end('A teapot.'))
    const { port, close } = await listen(server, 0, '127.0.0.1')
    onTestFinished(close)
    const place = `127.0.0.1:${port}`
    const words = ['--ws', `ws://${place}`, '--http', `http://${place}`, '--app-id', '1', '--key', 'k', '--secret', 's']
    const { code, printed } = await conformance(...words)
    expect(code).toBe(1)
    expect(printed).toContain('got      A HTTP 418 {} A teapot.\n')
    expect(printed).toContain('expected 200 {"health":"OK"}\n  got      418 A teapot.\n')
  })

  it('says when there is no server', async () => {
    const server = await startRecordedReverb()
    await server.close()
    const { code, printed } = await conformance(...at(server))
    expect(code).toBe(2)
    expect(printed).toMatch(/^conformance: .*ECONNREFUSED/)
  })

  it.each([
    [['--ws', 'ws://127.0.0.1:1'], 'A server needs --ws, --http, --app-id, --key and --secret'],
    [['--client', '--slow'], '--client is compared here, not at a server'],
    [['--nonsense'], "Unknown option '--nonsense'"],
    [
      [...['ws', 'http', 'app-id', 'key', 'secret'].flatMap((name) => [`--${name}`, 'x']), '--auth', 'y'],
      '--auth and --cookie belong together',
    ],
  ])('says what is wrong with its options: %j', async (words, message) => {
    const { code, printed } = await conformance(...words)
    expect(code).toBe(2)
    expect(printed).toContain(message)
  })

  it('explains itself', async () => {
    expect(await conformance('--help')).toMatchObject({ code: 0, printed: expect.stringContaining('--recorded-apps') })
  })
})

it('a recording that cannot be read is not compared at all', () => {
  expect(() => readRecordings(`${FOLDER}nowhere`)).toThrow('no such file')
})

it('counts verdicts by their kind', () => {
  const finding: Finding = { recording: 'a', section: '1', line: 1, verdict: { kind: 'same' } }
  expect([countOf([finding, finding], 'same'), countOf([finding], 'differs')]).toEqual([2, 0])
})
