import { existsSync, statSync } from 'node:fs'
import { createColors } from 'picocolors'
import type { CartEchoServer } from '../cart-echo-server'
import { CartEchoServerError } from '../errors'
import { runLaravel } from '../laravel/run-laravel'
import { plain } from '../plain-line'
import { startServer } from '../start-server'
import { type CommandName, helpOf } from './commands'
import { completionFor } from './completion'
import { examine, type Spinner } from './examine'
import { type Environment, readArguments, type StartRequest } from './options'
import { greeting, isLoopback, OPEN_TO_OTHERS } from './words'

/** What the command needs from the process it runs in. */
export interface CliEnvironment {
  out(text: string): void
  err(text: string): void
  /** Resolves when somebody wants the server to stop. */
  stopped(): Promise<void>
  /** Variables of the process. Default: none. */
  readonly variables?: Environment | undefined
  /** True: what is printed has colours. Default: it has none. */
  readonly hasColours?: boolean | undefined
  /** Shows that something is under way, where somebody looks. Default: nothing does. */
  readonly spinner?: (() => Spinner) | undefined
  /** The version of this package. Default: `unknown`. */
  readonly version?: string | undefined
  /** The folder `laravel` of this package. Default: none, and `laravel` says so. */
  readonly laravelIn?: string | undefined
  /** Asks a question, where somebody is there to answer. Default: nobody is. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined
}

/** Runs the command to its end. Gives the exit code: 0 stopped as asked, or nothing wrong; 1 cannot start, or something wrong; 2 bad options. */
export const runCli = async (words: readonly string[], environment: CliEnvironment): Promise<number> => {
  const request = readArguments(words, environment.variables)
  switch (request.kind) {
    case 'help':
      environment.out(helpOf(request.command))
      return 0
    case 'version':
      environment.out(`${environment.version ?? 'unknown'}\n`)
      return 0
    case 'mistake':
      environment.err(`cart-echo: ${sentence(request.message)} See npx cart-echo ${namedIn(request.command)}--help\n`)
      return 2
    case 'start':
      return serve(request, environment)
    case 'doctor':
      return examine(request, environment)
    case 'completion':
      environment.out(completionFor(request.shell))
      return 0
    case 'laravel':
      return runLaravel(request.options, surroundingsOf(environment))
  }
}

/** A mistake on one line, ended by its own question mark or by a full stop. */
const sentence = (message: string): string => {
  const words = plain(message)
  return words.endsWith('?') ? words : `${words}.`
}

const namedIn = (command: CommandName | null): string => (command === null || command === 'start' ? '' : `${command} `)

const surroundingsOf = ({ out, err, hasColours, version, laravelIn, confirm }: CliEnvironment) => ({
  out,
  err,
  version: version ?? 'unknown',
  colours: createColors(hasColours === true),
  shippedIn: laravelIn ?? null,
  confirm,
})

/** Beside the built command, but only where it was built: the package does not carry the frameworks. */
const EXAMPLES = new URL('./demo/examples/index.html', import.meta.url)

/** Often enough that one can watch a page find out what it never heard. */
const ASK_EVERY_MS = 5_000

const serve = async (request: StartRequest, environment: CliEnvironment): Promise<number> => {
  const server = await start(request, environment)
  if (!server) return 1
  if (!isLoopback(request.host)) environment.err(OPEN_TO_OTHERS)
  environment.out(
    greeting(server, {
      pages: request.pages,
      hasExamples: existsSync(EXAMPLES),
      autoLogin: request.autoLogin,
      colours: createColors(environment.hasColours === true),
    }),
  )
  await environment.stopped()
  await server.close()
  environment.out('Stopped.\n')
  return 0
}

/** Somebody's own pages have whatever they have, on their own machine: inline scripts, Alpine's expressions, files of a CDN. */
const OWN_PAGES = { 'Content-Security-Policy': "frame-ancestors 'self'" }

const start = async (
  { port, host, level, autoLogin, allowedOrigins, pages }: StartRequest,
  { err }: CliEnvironment,
): Promise<CartEchoServer | null> => {
  if (pages !== null && !statSync(pages, { throwIfNoEntry: false })?.isDirectory()) {
    err(`cart-echo: There is no folder ${plain(pages)}: --pages takes the one that your index.html lies in.\n`)
    return null
  }
  try {
    const policy = { pollMs: ASK_EVERY_MS, auditMs: ASK_EVERY_MS }
    const own = pages === null ? {} : { pages, pageHeaders: OWN_PAGES }
    return await startServer({ port, host, level, autoLogin, allowedOrigins, policy, ...own })
  } catch (error) {
    if (!(error instanceof CartEchoServerError)) throw error
    err(`cart-echo: ${plain(error.message)}\n`)
    return null
  }
}
