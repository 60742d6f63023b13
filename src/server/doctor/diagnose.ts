import { rootCertificates } from 'node:tls'
import { wordsOf } from '../../engine/errors'
import { attempt } from '../../engine/shape'
import { type Cookies, createCookies } from './cookies'
import { examineAuthorisation } from './examine-authorisation'
import { examineCheck } from './examine-check'
import { examineEvent } from './examine-event'
import { examinePage } from './examine-page'
import { examinePolicy } from './examine-policy'
import { type ExaminedReverb, examineReverb } from './examine-reverb'
import { examineTag } from './examine-tag'
import { type Facts, readFacts } from './facts'
import { type Finding, found, type Report, shown, withoutSecrets } from './finding'
import type { DoctorOptions } from './options'
import { createSend, type Send } from './request'
import type { DialOptions } from './socket'

/**
 * Examines a shop from outside, as a shopper's browser would meet it: the page, what its policy allows, the tag, Reverb, the authorisation, the check, and,
 * where that is asked for, whether an event is heard. Only the addresses that options and page name are asked, each for at most `timeoutMs`, all of
 * it for at most `totalMs`. Leaves no socket, timer or request behind. Never rejects: what fails unexpectedly is a finding, too.
 */
export const diagnose = async (options: DoctorOptions): Promise<Report> => {
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(), options.totalMs)
  const findings: Finding[] = []
  const cookies = createCookies(options.cookie)
  try {
    await examineAll(options, cookies, ending.signal, findings)
  } catch (error) {
    findings.push(found('doctor-failed', `The doctor failed: ${wordsOf(error)}`))
  } finally {
    clearTimeout(timer)
    ending.abort()
  }
  return {
    report: 1,
    version: options.version,
    page: options.page && shown(options.page),
    healthy: findings.every(({ status }) => status !== 'wrong'),
    findings: withoutSecrets(
      findings,
      [
        ...cookies.values(),
        ...Object.values(options.headers).flatMap((value) => [value, ...value.split(/\s+/)]),
        options.publish?.secret ?? '',
      ],
      [options.page?.host, options.reverb?.host].join(' '),
    ),
  }
}

/** What all parts are examined with. */
interface Tools {
  readonly send: Send
  readonly cookies: Cookies
  readonly dialling: DialOptions
}

/** What one part leaves for the next. */
interface Held {
  /** The socket; whoever opened it closes it. */
  open: ExaminedReverb['open']
  /** The channel that is subscribed on it. */
  subscribed: string | null
}

const examineAll = async (
  options: DoctorOptions,
  cookies: Cookies,
  signal: AbortSignal,
  findings: Finding[],
): Promise<void> => {
  const { page, onStep = () => {} } = options
  const given = [options.auth, options.check].map((address) => attempt(() => new URL(address ?? '').origin))
  const shops = new Set([page?.origin, ...given])
  const userAgent = `cart-echo-doctor/${options.version}`
  const ca = options.ca === null ? undefined : [...rootCertificates, options.ca]
  const { timeoutMs } = options
  const isShop = (origin: string): boolean => shops.has(origin)
  const send = createSend({ cookies, headers: options.headers, isShop, ca, timeoutMs, userAgent, signal })

  onStep('the page')
  const examined = page && (await examinePage(page, send, options.user !== null))
  findings.push(...(examined?.findings ?? []))
  // Of a page that cannot be read the rest is only known where options say it.
  if (examined && !examined.said && !options.reverb) return
  const { facts, findings: unreadable } = readFacts(options, examined?.said ?? null)
  findings.push(...unreadable)
  await examineServers(
    options,
    facts,
    { send, cookies, dialling: { origin: facts.origin, ca, timeoutMs, userAgent, signal } },
    findings,
  )
}

const examineServers = async (
  options: DoctorOptions,
  facts: Facts,
  tools: Tools,
  findings: Finding[],
): Promise<void> => {
  const { onStep = () => {}, version } = options
  const { signal } = tools.dialling
  const held: Held = { open: null, subscribed: null }

  const steps: readonly (readonly [name: string, examine: () => Promise<readonly Finding[]>])[] = [
    ['its policy', async () => examinePolicy(facts)],
    ['the tag', async () => (facts.tag && facts.page ? examineTag(facts.tag, facts.page, version, tools.send) : [])],
    [
      'Reverb',
      async () => {
        if (!facts.reverb) return facts.user === null ? [] : [found('reverb-not-given', 'Nobody says where Reverb is.')]
        const examined = await examineReverb(facts.reverb, facts.page, tools.dialling)
        held.open = examined.open
        return examined.findings
      },
    ],
    [
      'the authorisation',
      async () => {
        const { auth: endpoint, user } = facts
        if (!endpoint || user === null) return []
        const examined = await examineAuthorisation({ facts, endpoint, user, open: held.open, ...tools })
        held.subscribed = examined.subscribed
        return examined.findings
      },
    ],
    ['the check', async () => examineCheckOf(facts, tools)],
    [
      'an event',
      async () => {
        const { reverb: place } = facts
        const { publish, user } = options
        const { open, subscribed } = held
        if (!publish || user === null) return []
        if (!place) return [found('event-not-tried', 'Nothing was published: nobody says where Reverb is.')]
        if (!open) return []
        return examineEvent({ ...publish, facts, place, user, open, subscribed, send: tools.send, nowMs: Date.now })
      },
    ],
  ]
  try {
    for (const [name, examine] of steps) {
      if (signal.aborted) {
        findings.push(found('doctor-out-of-time', `There was no time left for ${name}, and what comes after.`))
        return
      }
      onStep(name)
      findings.push(...(await examine().catch((error) => [failed(name, error)])))
    }
  } finally {
    held.open?.line.close()
  }
}

const failed = (name: string, error: unknown): Finding =>
  found('doctor-failed', `The doctor failed at ${name}: ${wordsOf(error)}`)

const examineCheckOf = async (facts: Facts, { send }: Tools): Promise<readonly Finding[]> => {
  const { check: address, user } = facts
  if (address) return examineCheck({ facts, address, send, nowMs: Date.now, random: Math.random })
  return user === null ? [] : [found('check-not-given', 'Nobody says where the check is.')]
}
