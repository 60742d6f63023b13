import { existsSync } from 'node:fs'
import type { CartEchoServer } from '../cart-echo-server'
import { CartEchoServerError } from '../errors'
import { startServer } from '../start-server'
import { type CliRequest, readArguments } from './options'
import { greeting, HELP, isLoopback, OPEN_TO_OTHERS } from './words'

/** What the command needs from the process it runs in. */
export interface CliEnvironment {
  out(text: string): void
  err(text: string): void
  /** Resolves when somebody wants the server to stop. */
  stopped(): Promise<void>
}

/** Runs the command to its end. Gives the exit code: 0 stopped as asked, 1 cannot start, 2 bad options. */
export const runCli = async (words: readonly string[], environment: CliEnvironment): Promise<number> => {
  const request = readArguments(words)
  switch (request.kind) {
    case 'help':
      environment.out(HELP)
      return 0
    case 'mistake':
      environment.err(`cart-echo: ${request.message}. See npx cart-echo --help\n`)
      return 2
    case 'start':
      return serve(request, environment)
  }
}

/** Beside the built command, but only where it was built: the package does not carry the frameworks. */
const EXAMPLES = new URL('./demo/examples/index.html', import.meta.url)

/** Often enough that one can watch a page find out what it never heard. */
const ASK_EVERY_MS = 5_000

const serve = async (request: CliRequest & { kind: 'start' }, environment: CliEnvironment): Promise<number> => {
  const server = await start(request, environment)
  if (!server) return 1
  if (!isLoopback(request.host)) environment.err(OPEN_TO_OTHERS)
  environment.out(greeting(server, { hasExamples: existsSync(EXAMPLES) }))
  await environment.stopped()
  await server.close()
  environment.out('Stopped.\n')
  return 0
}

const start = async (
  { port, host, level }: CliRequest & { kind: 'start' },
  { err }: CliEnvironment,
): Promise<CartEchoServer | null> => {
  try {
    const policy = { pollMs: ASK_EVERY_MS, auditMs: ASK_EVERY_MS }
    return await startServer({ port, host, level, autoLogin: 1, policy })
  } catch (error) {
    if (!(error instanceof CartEchoServerError)) throw error
    err(`cart-echo: ${error.message}\n`)
    return null
  }
}
