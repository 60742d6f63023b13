import { parseArgs } from 'node:util'
import { isLevel, type Level } from '../shop/owner-log'

/** What the command was asked to do. */
export type CliRequest =
  | { readonly kind: 'help' }
  | { readonly kind: 'start'; readonly port: number; readonly host: string; readonly level: Level }
  | { readonly kind: 'mistake'; readonly message: string }

/** The port when none is named. */
export const DEFAULT_PORT = 8080

/** Reads the words after `cart-echo`. Never throws: what cannot be read is a mistake with a message. */
export const readArguments = (words: readonly string[]): CliRequest => {
  try {
    const { values } = parseArgs({ args: [...words], options: OPTIONS, strict: true, allowPositionals: false })
    return values.help ? { kind: 'help' } : start(values)
  } catch (error) {
    return mistake(error instanceof Error ? firstSentence(error.message) : String(error))
  }
}

const OPTIONS = {
  port: { type: 'string', short: 'p' },
  host: { type: 'string' },
  level: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

interface Values {
  readonly port?: string | undefined
  readonly host?: string | undefined
  readonly level?: string | undefined
}

const start = ({ port = String(DEFAULT_PORT), host = '127.0.0.1', level = 'log' }: Values): CliRequest => {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return mistake(`--port takes 0 to 65535, not "${port}"`)
  if (host === '') return mistake('--host takes an address of this machine, such as 127.0.0.1')
  if (!isLevel(level)) return mistake(`--level takes guide, log or outbox, not "${level}"`)
  return { kind: 'start', port: Number(port), host, level }
}

const mistake = (message: string): CliRequest => ({ kind: 'mistake', message })

const firstSentence = (message: string): string => message.split('. ', 1)[0] ?? message
