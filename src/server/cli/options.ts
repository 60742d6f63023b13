import { parseArgs } from 'node:util'
import type { Id } from '../../engine/events'
import type { DoctorOptions } from '../doctor/options'
import type { LaravelOptions } from '../laravel/run-laravel'
import { isLevel, type Level } from '../shop/owner-log'
import { CUSTOMERS, findCustomer } from '../shop/sessions'
import { COMMANDS, type CommandName, isCommand, readersOf } from './commands'
import { isShell, SHELLS, type Shell } from './completion'
import { readDoctor } from './doctor-options'
import { nearest } from './nearest'

/** What the command was asked to do. */
export type CliRequest =
  | { readonly kind: 'help'; readonly command: CommandName | null }
  | { readonly kind: 'version' }
  | StartRequest
  | DoctorRequest
  | LaravelRequest
  | { readonly kind: 'completion'; readonly shell: Shell }
  | { readonly kind: 'mistake'; readonly message: string; readonly command: CommandName | null }

/** That the stand-in is to be started. */
export interface StartRequest {
  readonly kind: 'start'
  readonly port: number
  readonly host: string
  readonly level: Level
  /** Who a visitor is without logging in; null: nobody. */
  readonly autoLogin: Id | null
  /** Other origins whose pages may call. */
  readonly allowedOrigins: readonly string[]
  /** The folder whose pages are served; null: the demo shop. */
  readonly pages: string | null
}

/** That a shop is to be examined. */
export interface DoctorRequest {
  readonly kind: 'doctor'
  readonly isJson: boolean
  /** A file with the certificate of an authority; null: none. */
  readonly caFile: string | null
  readonly options: Omit<DoctorOptions, 'ca' | 'version' | 'onStep'>
}

/** That the Laravel side is to be put into an app. */
export interface LaravelRequest {
  readonly kind: 'laravel'
  readonly options: LaravelOptions
}

/** The port when none is named. */
export const DEFAULT_PORT = 8080

/** Variables of the environment that stand for options which would otherwise lie in a shell's history. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Reads the words after `cart-echo`. Never throws: what cannot be read is a mistake with a message. */
export const readArguments = (words: readonly string[], environment: Environment = {}): CliRequest => {
  const [first, ...rest] = words
  const command = isCommand(first) ? first : null
  try {
    if (command === 'doctor') return doctor(rest, environment)
    if (command === 'completion') return completion(rest)
    return command === 'laravel' ? laravel(rest) : start(command ? rest : words, command)
  } catch (error) {
    // Parsing throws for nothing else than what was typed.
    const message = error instanceof Error ? firstSentence(error.message) : String(error)
    return { kind: 'mistake', message: message + hint(message, command), command }
  }
}

const hint = (message: string, command: CommandName | null): string => {
  const [, typed] = /^Unknown option '--([\w-]+)/.exec(message) ?? []
  const meant = typed && nearest(typed, Object.keys(COMMANDS[command ?? 'start'].options))
  return meant ? `: --${meant}?` : ''
}

const start = (args: readonly string[], command: 'start' | null): CliRequest => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: readersOf('start'),
    strict: true,
    allowPositionals: true,
  })
  if (values.help) return { kind: 'help', command }
  if (values.version) return { kind: 'version' }
  const { port = String(DEFAULT_PORT), host = '127.0.0.1', level = 'log' } = values
  const mistake = (message: string): CliRequest => ({ kind: 'mistake', message, command })
  const [word] = positionals
  const near = nearest(word ?? '', Object.keys(COMMANDS))
  if (word !== undefined)
    return mistake(
      command
        ? `start takes no "${word}"`
        : `There is no command "${word}": ${near ? `${near}?` : 'start, doctor, laravel or completion'}`,
    )
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return mistake(`--port takes 0 to 65535, not "${port}"`)
  if (host === '') return mistake('--host takes an address of this machine, such as 127.0.0.1')
  if (!isLevel(level)) return mistake(`--level takes guide, log or outbox, not "${level}"`)
  const { 'auto-login': autoLogin = '1', 'allow-origin': allowedOrigins = [], pages = null } = values
  const customer = findCustomer(autoLogin)
  if (!customer && autoLogin !== 'none')
    return mistake(`--auto-login takes none, or a customer: ${CUSTOMERS.map(({ id }) => id).join(', ')}`)
  const stranger = allowedOrigins.find((origin) => !isOrigin(origin))
  if (stranger !== undefined)
    return mistake(`--allow-origin takes an origin such as http://localhost:5173, not "${stranger}"`)
  if (pages === '') return mistake('--pages takes a folder')
  return { kind: 'start', port: Number(port), host, level, autoLogin: customer?.id ?? null, allowedOrigins, pages }
}

const doctor = (args: readonly string[], environment: Environment): CliRequest => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: readersOf('doctor'),
    strict: true,
    allowPositionals: true,
  })
  if (values.help) return { kind: 'help', command: 'doctor' }
  const read = readDoctor(values, positionals, environment)
  if (typeof read === 'string') return { kind: 'mistake', message: read, command: 'doctor' }
  return { kind: 'doctor', isJson: values.json === true, caFile: values.ca ?? null, options: read }
}

const laravel = (args: readonly string[]): CliRequest => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: readersOf('laravel'),
    strict: true,
    allowPositionals: true,
  })
  if (values.help) return { kind: 'help', command: 'laravel' }
  const mistake = (message: string): CliRequest => ({ kind: 'mistake', message, command: 'laravel' })
  const { path = '.', level, diff = false, force = false, yes = false, json = false } = values
  const dryRun = values['dry-run'] ?? false
  const [word] = positionals
  if (word !== undefined) return mistake(`laravel takes no "${word}"; the folder of the app is given by --path`)
  if (path === '') return mistake('--path takes a folder')
  if (level !== undefined && !/^[012]$/.test(level)) return mistake(`--level takes 0, 1 or 2, not "${level}"`)
  if (yes && (dryRun || diff)) return mistake(`--yes writes, and --${dryRun ? 'dry-run' : 'diff'} does not: choose one`)
  const wanted = level === undefined ? null : level === '0' ? 0 : level === '1' ? 1 : 2
  return { kind: 'laravel', options: { path, level: wanted, diff, force, dryRun, isJson: json, yes } }
}

const completion = (args: readonly string[]): CliRequest => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: readersOf('completion'),
    strict: true,
    allowPositionals: true,
  })
  if (values.help) return { kind: 'help', command: 'completion' }
  const [shell, more] = positionals
  if (isShell(shell) && more === undefined) return { kind: 'completion', shell }
  return { kind: 'mistake', message: `completion takes ${SHELLS.join(', ')}`, command: 'completion' }
}

/** True for an origin as a browser writes it, with nothing after it. */
const isOrigin = (text: string): boolean => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text

const firstSentence = (message: string): string => message.split('. ', 1)[0] ?? message
