import type { GivenReverb } from '../doctor/options'
import { isOfTheConnection } from '../http/reply'
import type { DoctorRequest, Environment } from './options'

/** The values of the doctor's options, as they were typed. */
export interface DoctorValues {
  readonly cookie?: string | undefined
  readonly header?: readonly string[] | undefined
  readonly reverb?: string | undefined
  readonly scheme?: string | undefined
  readonly path?: string | undefined
  readonly auth?: string | undefined
  readonly check?: string | undefined
  readonly user?: string | undefined
  readonly channel?: string | undefined
  readonly origin?: string | undefined
  readonly publish?: string | undefined
  readonly timeout?: string | undefined
}

type Read = DoctorRequest['options']

const DEFAULT_TIMEOUT_MS = 5_000
/** Enough for every part to be slow once. */
const TOTAL_TIMEOUTS = 12

/** What is to be examined; a text says what was typed wrongly, and never repeats what may be secret. Never throws. */
export const readDoctor = (values: DoctorValues, words: readonly string[], environment: Environment): Read | string => {
  const [word, further] = words
  if (further !== undefined) return 'doctor takes one address; put what belongs together into quotes'
  const page = word === undefined ? null : webAddress(word)
  if (page === undefined) return `doctor takes an address such as https://shop.test/cart, not "${typed(word ?? '')}"`
  if (!page && values.reverb === undefined) return 'doctor takes the address of a page, or --reverb key@host:port'
  const { auth, check, channel, user, publish: toPublish } = values
  for (const [name, value] of Object.entries({ auth, check }))
    if (value !== undefined && !webAddress(value, page?.href))
      return `--${name} takes an address${page ? '' : ', the whole of it without a page'}, not "${typed(value)}"`
  const origin = values.origin === undefined ? null : webAddress(values.origin)?.origin
  if (origin === undefined)
    return `--origin takes an origin such as https://shop.test, not "${typed(values.origin ?? '')}"`
  if (user === '') return '--user takes the id of a user'
  if (channel !== undefined && !channel.includes('{user}'))
    return `--channel takes a name with {user} in it, not "${channel}"`
  const timeoutMs = Number(values.timeout ?? DEFAULT_TIMEOUT_MS)
  if (!Number.isInteger(timeoutMs) || timeoutMs < 100 || timeoutMs > 60_000)
    return `--timeout takes 100 to 60000 milliseconds, not "${values.timeout}"`
  const cookie = bare(values.cookie ?? environment.CART_ECHO_COOKIE ?? '')
  if (!isHeaderValue(cookie)) return 'the cookies hold characters that no header can'
  const headers = readHeaders(values.header ?? [])
  if (!headers) return '--header takes "Name: value"'
  const [ofConnection] = Object.keys(headers).filter(isOfTheConnection)
  if (ofConnection !== undefined) return `--header takes no ${ofConnection}: it is the connection’s own`
  const reverb = readReverb(values)
  if (typeof reverb === 'string') return reverb
  const publish = toPublish === undefined ? null : readPublish(toPublish, environment)
  if (typeof publish === 'string') return publish
  if (publish && user === undefined) return '--publish takes --user, too: the id of a user who is there for that'
  const given = { page, reverb, publish, origin, cookie, headers, timeoutMs, totalMs: timeoutMs * TOTAL_TIMEOUTS }
  return { ...given, auth: auth ?? null, check: check ?? null, user: user ?? null, channel: channel ?? null }
}

// A log of CI shows it: without log-in and query.
const typed = (address: string): string =>
  address.replace(/[?#].*$/s, '').replace(/^([a-z][a-z\d+.-]*:\/\/)?[^/]*@/i, '$1…@')

const webAddress = (text: string, base?: string | undefined): URL | undefined => {
  const url = URL.canParse(text, base) ? new URL(text, base) : null
  return url && /^https?:$/.test(url.protocol) ? url : undefined
}

const readReverb = ({ reverb, scheme, path }: DoctorValues): GivenReverb | null | string => {
  if (reverb === undefined)
    return scheme === undefined && path === undefined ? null : '--scheme and --path go with --reverb'
  const [, key = '', host = '', port] = /^([^@]+)@(\[[^\]]+\]|[^@:/]+)(?::(\d{1,5}))?$/.exec(reverb) ?? []
  if (key === '') return `--reverb takes key@host:port, not "${reverb}"`
  if (Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) return `--reverb takes a port from 1 to 65535, not ${port}`
  if (scheme !== undefined && !/^(http|ws)s?$/.test(scheme)) return `--scheme takes https or http, not "${scheme}"`
  if (path !== undefined && /[?#\s]/.test(path)) return `--path takes a path such as /ws, not "${path}"`
  return { key, host, port, scheme, path }
}

const readPublish = (text: string, { REVERB_APP_SECRET }: Environment): Read['publish'] | string => {
  const [appId = '', ...rest] = text.split(':')
  const secret = rest.length > 0 ? rest.join(':') : (REVERB_APP_SECRET ?? '')
  if (appId === '') return '--publish takes REVERB_APP_ID'
  return secret === ''
    ? '--publish takes the secret of the app from REVERB_APP_SECRET in the environment'
    : { appId, secret }
}

const readHeaders = (lines: readonly string[]): Read['headers'] | null => {
  const pairs = lines.map((line) => /^([\w-]+):\s*(.+)$/.exec(line))
  if (!pairs.every((pair) => pair !== null && isHeaderValue(pair[2] ?? ''))) return null
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']))
}

// As a browser's network panel gives it to who copies the whole line.
const bare = (cookie: string): string => cookie.trim().replace(/^cookie:\s*/i, '')

// Node sends these, and no others.
const isHeaderValue = (text: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(text)
