import type { ParseArgsConfig } from 'node:util'

/** An option of a command, as it is read and as it is explained. */
interface Option {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: boolean
  /** What stands for its value in the help. */
  readonly value?: string
  readonly help: string
}

/** A sub-command, as it is read and as it is explained. */
export interface Command {
  /** How it is called. */
  readonly usage: string
  /** What it does: one line. */
  readonly summary: string
  readonly options: Readonly<Record<string, Option>>
  /** What else there is to know. */
  readonly more: string
}

/** The name of a sub-command. */
export type CommandName = keyof typeof COMMANDS

const HELP_OPTION = { type: 'boolean', short: 'h', help: 'this text' } as const

/** Every sub-command. Without one, `start` is meant. */
export const COMMANDS = {
  start: {
    usage: 'npx cart-echo [start] [options]',
    summary: 'a stand-in for Laravel Reverb and a cart shop, for development',
    options: {
      port: { type: 'string', short: 'p', value: '<n>', help: 'where to listen; 0 takes any free port (default 8080)' },
      host: { type: 'string', value: '<address>', help: 'the address to listen on (default 127.0.0.1)' },
      level: {
        type: 'string',
        value: '<level>',
        help: 'guide: broadcast and bare check; log: an ordered log; outbox: and what got lost is broadcast again (default log)',
      },
      'auto-login': {
        type: 'string',
        value: '<customer>',
        help: 'who a visitor is without logging in: 1, 2, the UUID of the third, or none (default 1)',
      },
      'allow-origin': {
        type: 'string',
        multiple: true,
        value: '<origin>',
        help: 'an origin whose pages may call the shop, such as http://localhost:5173; may be given again',
      },
      pages: {
        type: 'string',
        value: '<folder>',
        help: 'serves your own pages: <!-- cart-echo --> in them becomes the page block',
      },
      version: { type: 'boolean', help: 'which cart-echo this is' },
      help: HELP_OPTION,
    },
    more: 'Ctrl-C stops it.',
  },
  doctor: {
    usage: 'npx cart-echo doctor <url of a page> [options]',
    summary: 'looks why a page of a shop is not live, and says what to do first',
    options: {
      cookie: {
        type: 'string',
        value: '<cookies>',
        help: 'a shopper’s cookies, as "a=1; b=2"; CART_ECHO_COOKIE in the environment keeps them out of the history',
      },
      header: {
        type: 'string',
        multiple: true,
        value: '<name: value>',
        help: 'a further header for the shop; may be given again',
      },
      reverb: { type: 'string', value: '<key@host:port>', help: 'where Reverb is, over what the page says' },
      scheme: { type: 'string', value: '<scheme>', help: 'https or http, with --reverb (default https)' },
      path: { type: 'string', value: '<path>', help: 'REVERB_SERVER_PATH, with --reverb (default none)' },
      auth: {
        type: 'string',
        value: '<url>',
        help: 'where channels are authorised (default: as the page says, else /broadcasting/auth)',
      },
      check: { type: 'string', value: '<url>', help: 'where the check is (default: as the page says)' },
      user: { type: 'string', value: '<id>', help: 'who is looking, where no page says so; with --publish, to whom' },
      channel: {
        type: 'string',
        value: '<name>',
        help: 'the private channel (default: as the page says, else App.Models.User.{user})',
      },
      origin: { type: 'string', value: '<origin>', help: 'the origin that browsers send (default: the page’s)' },
      publish: {
        type: 'string',
        value: '<app-id>',
        help: 'publishes cart-echo.doctor to --user, and listens; the secret is REVERB_APP_SECRET of the environment, or follows the id after a colon',
      },
      ca: {
        type: 'string',
        value: '<file>',
        help: 'a certificate of an authority of your own, such as that of Herd or mkcert',
      },
      timeout: { type: 'string', value: '<ms>', help: 'how long one answer may take (default 5000)' },
      json: { type: 'boolean', help: 'prints a report for programs (docs/doctor.md)' },
      help: HELP_OPTION,
    },
    more: 'It ends with 0 where nothing is wrong, with 1 where something is, and with 2 where it was called wrongly.',
  },
  laravel: {
    usage: 'npx cart-echo laravel [options]',
    summary:
      'puts the Laravel side into an app: says what it found and what it is going to do, asks, and writes what is missing',
    options: {
      path: { type: 'string', value: '<folder>', help: 'the folder of the app (default .)' },
      level: {
        type: 'string',
        value: '<n>',
        help: '0 broadcasts, 1 also keeps a log, 2 also sends again what never went out (default: as in .env, else 1)',
      },
      yes: { type: 'boolean', short: 'y', help: 'writes without asking' },
      'dry-run': { type: 'boolean', help: 'says what it would do, and writes nothing' },
      diff: { type: 'boolean', help: 'shows line by line what differs, and writes nothing' },
      force: { type: 'boolean', help: 'overwrites files of ours that differ, also those that you have edited' },
      json: { type: 'boolean', help: 'prints a report for programs (docs/laravel.md); with --yes or --dry-run' },
      help: HELP_OPTION,
    },
    more: 'It ends with 0 where all is done or only shown, with 1 where it cannot be done or was declined, and with 2 where it was called wrongly.',
  },
  completion: {
    usage: 'npx cart-echo completion <bash|zsh|fish>',
    summary: 'prints what makes a shell complete sub-commands and options',
    options: { help: HELP_OPTION },
    more: 'For a cart-echo that stands in the PATH. bash and zsh: eval "$(cart-echo completion bash)"; fish: cart-echo completion fish | source',
  },
} as const satisfies Record<string, Command>

/** True for the name of a sub-command. */
export const isCommand = (word: string | undefined): word is CommandName =>
  word !== undefined && Object.hasOwn(COMMANDS, word)

/** What `node:util` needs to read a command's options. */
export const readersOf = <Name extends CommandName>(
  name: Name,
): (typeof COMMANDS)[Name]['options'] & NonNullable<ParseArgsConfig['options']> => COMMANDS[name].options

const WIDTH = 80

/** What `--help` prints of a command; of all, where none is named. */
export const helpOf = (name: CommandName | null): string => {
  const { usage, summary, options, more }: Command = COMMANDS[name ?? 'start']
  const others =
    name === null ? `\nCommands\n${columns(Object.entries(COMMANDS).map(([word, one]) => [word, one.summary]))}` : ''
  const rows = Object.entries(options).map(([word, option]) => [namesOf(word, option), option.help] as const)
  const title = name === null ? `cart-echo: ${summary}` : `cart-echo ${name}: ${summary}`
  return `${title}\n\nUsage\n  ${usage}\n${others}\nOptions\n${columns(rows)}\n${more}\n`
}

const namesOf = (word: string, { short, value }: Option): string =>
  `${short ? `-${short}, ` : '    '}--${word}${value ? ` ${value}` : ''}`

const columns = (rows: readonly (readonly [name: string, text: string])[]): string => {
  const widest = Math.max(...rows.map(([name]) => name.length))
  const indent = ' '.repeat(widest + 4)
  return rows
    .map(([name, text]) => `  ${name.padEnd(widest)}  ${wrapped(text, WIDTH - indent.length).join(`\n${indent}`)}\n`)
    .join('')
}

const wrapped = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
