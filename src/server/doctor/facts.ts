import { type Cursor, parseCursor } from '../../engine/cursor'
import { type ReverbSettings, readChannel, readReverb, type Unreadable } from '../../engine/settings'
import { attempt, isRecord, own, report, sentenceOf } from '../../engine/shape'
import { type Finding, found } from './finding'
import type { DoctorOptions } from './options'
import type { FoundScript } from './read-html'

/** What is known of the shop before its servers are asked. */
export interface Facts {
  /** The origin that browsers send. */
  readonly origin: string
  readonly user: string | null
  readonly owner: string | null
  readonly cursor: Cursor | null
  /** The private channel of a user, without `private-`. */
  channelOf(user: string): string
  /** Where Reverb is; null where nobody says so. */
  readonly reverb: ReverbPlace | null
  readonly auth: URL | null
  readonly check: URL | null
  /** The page's own CSRF token, if its HTML has one. */
  readonly csrfToken: string | null
  /** The content security policies of the page. */
  readonly policies: readonly string[]
  /** The tag of cart-echo, if the page has one. */
  readonly tag: FoundScript | null
  /** The address of the page; null without one. */
  readonly page: URL | null
}

/** Where Reverb is, with what is usual where nothing was said. */
export interface ReverbPlace {
  readonly key: string
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  /** Empty, or beginning with a slash. */
  readonly path: string
}

/** What a page said of itself. */
export interface PageSaid {
  /** As `readPageSettings` reads them. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly csrfToken: string | null
  readonly policies: readonly string[]
  readonly tag: FoundScript | null
}

/** Where Laravel authorises channels, where nothing is said. */
const AUTH_PATH = '/broadcasting/auth'

/** What is known from a page, or without one, and from options, which go before it; and what of that cannot be read. */
export const readFacts = (
  options: DoctorOptions,
  said: PageSaid | null,
): { readonly facts: Facts; readonly findings: readonly Finding[] } => {
  const { page } = options
  const settings = said?.settings ?? {}
  const findings: Finding[] = []
  const text = (key: string): string | null => textOf(own(settings, key))
  const address = (given: string | null): URL | null => addressOf(given, page)
  const reverbSaid = own(settings, 'reverb') as ReverbSettings | undefined
  const checkSaid = own(settings, 'check')
  const wrong: Unreadable[] = []
  const reverb: Partial<ReverbSettings> | null = options.reverb
    ? readReverb(options.reverb, wrong)
    : (reverbSaid ?? null)
  for (const one of wrong) findings.push(found('reverb-unreachable', `--reverb: ${sentenceOf(report(one))}`))
  const template = options.channel ?? text('channel') ?? undefined
  const channelOf = attempt(() => readChannel(template))
  if (!channelOf) findings.push(found('page-block-invalid', `No channel can be named "${template}".`))
  const auth = address(options.auth ?? reverbSaid?.auth?.endpoint ?? (page ? AUTH_PATH : null))
  const origin = options.origin ?? page?.origin ?? auth?.origin ?? 'http://localhost'
  const facts: Facts = {
    page,
    origin,
    user: text('user') ?? options.user,
    owner: text('owner'),
    cursor: parseCursor(text('cursor')),
    channelOf: channelOf ?? ((user) => `App.Models.User.${user}`),
    reverb: reverb?.key ? placeOf(reverb, page) : null,
    auth,
    check: address(options.check ?? (isRecord(checkSaid) ? textOf(own(checkSaid, 'url')) : null)),
    csrfToken: said?.csrfToken ?? null,
    policies: said?.policies ?? [],
    tag: said?.tag ?? null,
  }
  // What has no origin is no address that anybody could ask.
  for (const there of new Set([facts.auth, facts.check].map((one) => one?.origin)))
    if (page && there && there !== 'null' && there !== page.origin)
      findings.push(found('page-other-origin', `The page is of ${page.origin}, and has its shop asked at ${there}.`))
  return { facts, findings }
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null

const addressOf = (given: string | null, page: URL | null): URL | null =>
  given === null ? null : (attempt(() => new URL(given, page ?? undefined)) ?? null)

const placeOf = (said: Partial<ReverbSettings>, page: URL | null): ReverbPlace | null => {
  const { key = '', host = page?.hostname, scheme = 'https', path = '' } = said
  const isTls = scheme === 'https'
  return host ? { key, host, port: said.port ?? (isTls ? 443 : 80), isTls, path } : null
}

/** The address of the socket, by the Pusher protocol, as cart-echo opens it. */
export const socketAddress = ({ key, host, port, isTls, path }: ReverbPlace): URL =>
  new URL(`ws${isTls ? 's' : ''}://${host}:${port}${path}/app/${encodeURIComponent(key)}?protocol=7&client=cart-echo`)

/** True for hosts that only this machine reaches: browsers trust them without TLS. */
export const isOwnMachine = (host: string): boolean => /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\])$/.test(host)
