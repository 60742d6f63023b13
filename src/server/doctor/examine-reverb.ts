import { connect } from 'node:tls'
import { isRecord, own } from '../../engine/shape'
import { isOwnMachine, type ReverbPlace, socketAddress } from './facts'
import type { Failure } from './failure'
import { type Finding, found, right } from './finding'
import { type Dialled, type DialOptions, dial, errorCodeOf, type HeardFrame, type Line } from './socket'

/** What came of looking for Reverb. */
export interface ExaminedReverb {
  readonly findings: readonly Finding[]
  /** The open socket, and its id; null where there is none. */
  readonly open: { readonly line: Line; readonly socketId: string } | null
}

/** Whether Reverb is there, and lets the page in. Whoever asks closes the line. Never rejects. */
export const examineReverb = async (
  place: ReverbPlace,
  page: URL | null,
  how: DialOptions,
): Promise<ExaminedReverb> => {
  const isMixed = page?.protocol === 'https:' && !place.isTls && !isOwnMachine(place.host)
  const mixed = isMixed ? [found('reverb-mixed', `The page is https, and Reverb is ${words(place)}.`)] : []
  const dialled = await dial(socketAddress(place), how)
  if (dialled.name !== 'open') return { findings: [...mixed, await whyNot(place, dialled, how)], open: null }
  const { line } = dialled
  const first = await line.hear(isGreetingOrError)
  const socketId = first && socketIdOf(first)
  if (socketId) {
    const good = right('reverb', `${words(place)} is Reverb: it upgrades, knows the key, and lets ${how.origin} in.`)
    return { findings: [...mixed, ...(isMixed ? [] : [good])], open: { line, socketId } }
  }
  line.close()
  return { findings: [...mixed, refusal(place, first && errorCodeOf(first), how.origin)], open: null }
}

const words = ({ host, port, isTls, path }: ReverbPlace): string => `ws${isTls ? 's' : ''}://${host}:${port}${path}`

const isGreetingOrError = (frame: HeardFrame): boolean =>
  frame.event === 'pusher:connection_established' || errorCodeOf(frame) !== null

const socketIdOf = ({ event, data }: HeardFrame): string | null => {
  const id = event === 'pusher:connection_established' && isRecord(data) ? own(data, 'socket_id') : null
  return typeof id === 'string' && id !== '' ? id : null
}

const refusal = (place: ReverbPlace, code: number | null, origin: string): Finding => {
  if (code === 4001) return found('reverb-key', `${words(place)} does not know the key "${place.key}" (4001).`)
  if (code === 4009) return found('reverb-origin', `${words(place)} does not let pages of ${origin} in (4009).`)
  if (code === 4004) return found('reverb-full', `${words(place)} has as many connections as it may have (4004).`)
  if (code !== null) return found('reverb-error', `${words(place)} greets with an error (${code}).`)
  return found('reverb-silent', `${words(place)} opens a WebSocket, and does not greet as Reverb does.`)
}

const whyNot = async (
  place: ReverbPlace,
  dialled: Exclude<Dialled, { name: 'open' }>,
  how: DialOptions,
): Promise<Finding> => {
  if (dialled.name === 'not-upgraded') return notUpgraded(place, dialled.status, dialled.location, how)
  const { failure } = dialled
  const looksLikeTls = failure.kind === 'reset' || failure.kind === 'not-http'
  if (!place.isTls && looksLikeTls && (await speaksTls(place, how)))
    return found('reverb-needs-tls', `${words(place)} is a port of TLS, asked without it.`)
  return ofFailure(place, failure)
}

const ofFailure = (place: ReverbPlace, failure: Failure): Finding => {
  const what = `${words(place)} ${failure.what}.`
  switch (failure.kind) {
    case 'dns':
      return found('reverb-dns', what)
    case 'refused':
      return found('reverb-refused', what)
    case 'time-out':
      return found('reverb-timeout', what)
    case 'not-tls':
      return found('reverb-not-tls', what)
    case 'certificate-expired':
    case 'certificate-host':
    case 'certificate-unknown':
      return found('reverb-certificate', what, failure.first)
    default:
      return found('reverb-unreachable', what, failure.first)
  }
}

const notUpgraded = async (
  place: ReverbPlace,
  status: number,
  location: string,
  how: DialOptions,
): Promise<Finding> => {
  const answers = `${words(place)}/app/… answers HTTP ${status}, and no WebSocket`
  if (status === 404 || status === 405) {
    if (place.path !== '' && (await isThere({ ...place, path: '' }, how)))
      return found(
        'reverb-wrong-path',
        `Reverb is not under ${place.path}, but at ${words({ ...place, path: '' })}.`,
        'leave "path" out, or print what REVERB_SERVER_PATH says.',
      )
    return found('reverb-not-there', `${answers}.`)
  }
  if (status >= 300 && status < 400) return found('reverb-redirects', `${answers}: it leads to ${originOf(location)}.`)
  // What nginx says to plain HTTP on a port of TLS is 400 as well.
  if (status === 400 && !place.isTls && (await speaksTls(place, how)))
    return found('reverb-needs-tls', `${words(place)} is a port of TLS, asked without it.`)
  if (status >= 502 && status <= 504)
    return found('reverb-gateway', `${answers}: what is before Reverb does not reach it.`)
  if (status === 401 || status === 403) return found('reverb-forbidden', `${answers}.`)
  return found('reverb-no-upgrade', `${answers}: the upgrade does not get through.`)
}

// Without path and query: they may hold what is nobody's business.
const originOf = (location: string): string => {
  try {
    return new URL(location).origin
  } catch {
    return 'another path'
  }
}

const isThere = async (place: ReverbPlace, how: DialOptions): Promise<boolean> => {
  const dialled = await dial(socketAddress(place), how)
  if (dialled.name !== 'open') return false
  const first = await dialled.line.hear(isGreetingOrError)
  dialled.line.close()
  return first !== null
}

/** Whether a handshake of TLS comes to its end there, whatever the certificate. */
const speaksTls = ({ host, port }: ReverbPlace, { timeoutMs, signal }: DialOptions): Promise<boolean> =>
  new Promise((resolve) => {
    const name = host.replace(/^\[|\]$/g, '')
    // Only asks whether there is TLS: nothing is sent over it.
    const socket = connect({
      host: name,
      port,
      rejectUnauthorized: false,
      ...(/[a-z]/i.test(name) && !name.includes(':') && { servername: name }),
    })
    const settle = (isTls: boolean): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      socket.destroy()
      resolve(isTls)
    }
    const giveUp = (): void => settle(false)
    const timer = setTimeout(giveUp, timeoutMs)
    signal.addEventListener('abort', giveUp)
    socket.on('secureConnect', () => settle(true)).on('error', giveUp)
  })
