import { parseArgs } from 'node:util'
import { readCookie } from '../http/routes'
import { RECORDED_APPLICATIONS } from './recordings'
import type { AuthDoor, Target } from './target'

/** What the command was asked to do. */
export type ConformanceRequest =
  | { readonly kind: 'help' }
  /** What this repository has: the stand-in, and the client. */
  | { readonly kind: 'own' }
  | { readonly kind: 'client' }
  | { readonly kind: 'server'; readonly target: Target; readonly slow: boolean }
  | { readonly kind: 'mistake'; readonly message: string }

/** What `--help` prints. */
export const HELP = `Compares a server, or our client, with what was recorded from Laravel Reverb 1.10.2, line by line.

  npm run conformance                     the stand-in of this repository, and our client
  npm run conformance -- --client         our client alone: each recorded connection is played to it
  npm run conformance -- --ws ws://127.0.0.1:8080 --http http://127.0.0.1:8080 --app-id 1001 --key … --secret …

  --auth <url> --cookie <header>          the auth endpoint, and a session of customer 1 at it
  --strict <url>                          the same endpoint behind the CSRF check
  --recorded-apps                         cart-bed-max1 and the other recorded applications are there, too (secret: --secret)
  --slow                                  also keep-alive, in real time: four minutes

Exit code: 0 nothing differs, 1 something does, 2 bad options or no server.
`

const OPTIONS = {
  ws: { type: 'string' },
  http: { type: 'string' },
  'app-id': { type: 'string' },
  key: { type: 'string' },
  secret: { type: 'string' },
  auth: { type: 'string' },
  cookie: { type: 'string' },
  strict: { type: 'string' },
  'recorded-apps': { type: 'boolean' },
  slow: { type: 'boolean' },
  client: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

/** Reads the words after `npm run conformance --`. Never throws: what cannot be read is a mistake with a message. */
export const readConformanceArguments = (words: readonly string[]): ConformanceRequest => {
  try {
    const { values } = parseArgs({ args: [...words], options: OPTIONS, strict: true, allowPositionals: false })
    if (values.help) return { kind: 'help' }
    if (words.length === 0) return { kind: 'own' }
    return values.client ? onlyClient(values) : serverOf(values)
  } catch (error) {
    return { kind: 'mistake', message: error instanceof Error ? error.message : String(error) }
  }
}

const onlyClient = ({ client: _, ...others }: Values): ConformanceRequest =>
  Object.keys(others).length === 0
    ? { kind: 'client' }
    : { kind: 'mistake', message: '--client is compared here, not at a server' }

const serverOf = (values: Values): ConformanceRequest => {
  const { ws, http, 'app-id': id, key, secret } = values
  if (ws === undefined || http === undefined || id === undefined || key === undefined || secret === undefined) {
    return { kind: 'mistake', message: 'A server needs --ws, --http, --app-id, --key and --secret' }
  }
  if ((values.auth === undefined) !== (values.cookie === undefined)) {
    return { kind: 'mistake', message: '--auth and --cookie belong together' }
  }
  const others = values['recorded-apps'] ? RECORDED_APPLICATIONS.slice(1) : []
  const target = {
    wsUrl: ws.replace(/\/+$/, ''),
    httpUrl: http.replace(/\/+$/, ''),
    main: { id, key, secret },
    others: new Map(others.map((application) => [application.key, { ...application, secret }])),
    door: doorOf(values),
    patienceMs: 3_000,
  }
  return { kind: 'server', target, slow: values.slow ?? false }
}

const doorOf = ({ auth: url, cookie, strict }: Values): AuthDoor | null => {
  if (url === undefined || cookie === undefined) return null
  const strictUrl = strict !== undefined && readCookie(cookie, 'XSRF-TOKEN') !== null ? strict : null
  return { url, cookie, strictUrl, check: null, allowedOrigin: null }
}
