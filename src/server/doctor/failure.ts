/** Why no answer came. */
export type FailureKind =
  | 'dns'
  | 'refused'
  | 'time-out'
  | 'unreachable'
  | 'reset'
  | 'not-tls'
  | 'not-http'
  | 'too-large'
  | 'packed'
  | 'certificate-expired'
  | 'certificate-host'
  | 'certificate-unknown'
  | 'other'

/** A request, or a socket, that came to nothing. */
export interface Failure {
  readonly kind: FailureKind
  /** What happened, as the rest of a sentence that begins with an address. */
  readonly what: string
  /** The first thing to do. */
  readonly first: string
}

/** The failure of a given kind. */
export const failureOf = (kind: FailureKind, detail = ''): Failure => {
  const [what, first] = WORDS[kind]
  return { kind, what: detail ? `${what} (${detail})` : what, first }
}

const WORDS: Readonly<Record<FailureKind, readonly [what: string, first: string]>> = {
  dns: [
    'has a name that this machine cannot look up',
    'look for a typing error, and whether the name is only known inside your network.',
  ],
  refused: [
    'refuses connections: nothing listens at that port',
    'start what belongs there, and look at host and port.',
  ],
  'time-out': [
    'does not answer in time',
    'look for a firewall, and whether the process hangs; --timeout waits longer.',
  ],
  unreachable: ['cannot be reached from this machine', 'look at the network between, or try from where shoppers are.'],
  reset: ['ends the connection before its answer is there', 'read the log of what listens there.'],
  'not-tls': ['does not speak TLS', 'serve TLS there, or name the port that does.'],
  'not-http': ['answers with something that is no HTTP', 'look at the port: http on a TLS port, or another service.'],
  'too-large': [
    'answers with more than the doctor reads',
    'look at what answers there with curl -v, and whether that ever ends.',
  ],
  packed: [
    'answers with a body that is not what its Content-Encoding says',
    'look at what compresses it: the application, the web server, or both.',
  ],
  'certificate-expired': [
    'has a certificate that is expired, or not valid yet',
    'renew the certificate, and reload the web server.',
  ],
  'certificate-host': [
    'has a certificate for another host',
    'get a certificate that names this host, or use the host that it names.',
  ],
  'certificate-unknown': [
    'has a certificate that no authority known here has signed',
    'serve the whole chain; for an authority of your own, give its file: --ca FILE.',
  ],
  other: ['cannot be asked', 'try it with curl -v.'],
}

/** What an error of Node's network says. Never throws. */
export const readFailure = (error: unknown): Failure => {
  const code = codeOf(error)
  const kind = KINDS.find(([pattern]) => pattern.test(code))?.[1]
  if (kind) return failureOf(kind, code)
  return failureOf('other', code || messageOf(error))
}

const KINDS: readonly (readonly [pattern: RegExp, kind: FailureKind])[] = [
  [/^(ENOTFOUND|EAI_AGAIN|EAI_\w+)$/, 'dns'],
  [/^ECONNREFUSED$/, 'refused'],
  [/^(ETIMEDOUT|ESOCKETTIMEDOUT)$/, 'time-out'],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES)$/, 'unreachable'],
  [/^(ECONNRESET|EPIPE)$/, 'reset'],
  [/^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/, 'certificate-expired'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'certificate-host'],
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_\w+|INVALID_\w+)$/,
    'certificate-unknown',
  ],
  [/^(EPROTO|ERR_SSL_\w+)$/, 'not-tls'],
  [/^HPE_HEADER_OVERFLOW$/, 'too-large'],
  [/^HPE_\w+$/, 'not-http'],
]

/** The code of an error; empty without one. Never throws. */
export const codeOf = (error: unknown): string => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
  return typeof code === 'string' ? code : ''
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
