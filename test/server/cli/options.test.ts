import { describe, expect, it } from 'vitest'
import { readArguments } from '../../../src/server/cli/options'
import { isLoopback } from '../../../src/server/cli/words'

/** What is started when nothing is said. */
const START = {
  kind: 'start',
  port: 8080,
  host: '127.0.0.1',
  level: 'log',
  autoLogin: 1,
  allowedOrigins: [],
  pages: null,
}
const UUID = '0199f3a2-7c1e-7b4d-9a5f-3c2d1e0f4b6a'

describe('the words after cart-echo', () => {
  it.each([
    [[], START],
    [['--port', '0'], { ...START, port: 0 }],
    [['-p', '65535', '--level=guide'], { ...START, port: 65_535, level: 'guide' }],
    [['--level', 'outbox'], { ...START, level: 'outbox' }],
    [['--host', '0.0.0.0'], { ...START, host: '0.0.0.0' }],
    [['start'], START],
    [['start', '--port', '0'], { ...START, port: 0 }],
    [['--auto-login', '2'], { ...START, autoLogin: 2 }],
    [['--auto-login', UUID], { ...START, autoLogin: UUID }],
    [['--auto-login', 'none'], { ...START, autoLogin: null }],
    [
      ['--allow-origin', 'http://localhost:5173', '--allow-origin=https://shop.test'],
      { ...START, allowedOrigins: ['http://localhost:5173', 'https://shop.test'] },
    ],
    [['--pages', 'public'], { ...START, pages: 'public' }],
    [['--help', '--port', 'x'], { kind: 'help', command: null }],
    [['--version'], { kind: 'version' }],
    [['-h'], { kind: 'help', command: null }],
    [['start', '-h'], { kind: 'help', command: 'start' }],
    [['doctor', '--help'], { kind: 'help', command: 'doctor' }],
  ] as const)('%j are understood', (words, request) => {
    expect(readArguments(words)).toEqual(request)
  })

  it.each([
    [['--port', 'x'], '--port takes 0 to 65535, not "x"'],
    [['--port', '65536'], '--port takes 0 to 65535, not "65536"'],
    [['--port', ''], '--port takes 0 to 65535, not ""'],
    [['--host', ''], '--host takes an address of this machine, such as 127.0.0.1'],
    [['--level', 'inbox'], '--level takes guide, log or outbox, not "inbox"'],
    [['--auto-login', '9'], `--auto-login takes none, or a customer: 1, 2, ${UUID}`],
    [['--auto-login', ''], `--auto-login takes none, or a customer: 1, 2, ${UUID}`],
    ...['localhost:5173', 'http://localhost:5173/', 'http://localhost:80', '*', 'null', 'ftp://shop.test', ''].map(
      (origin) => [
        ['--allow-origin', origin],
        `--allow-origin takes an origin such as http://localhost:5173, not "${origin}"`,
      ],
    ),
    [['--pages', ''], '--pages takes a folder'],
    [['--no-such'], "Unknown option '--no-such'"],
    [['begin'], 'There is no command "begin": start, doctor, laravel or completion'],
    [['docter', 'https://shop.test'], 'There is no command "docter": doctor?'],
    [['--prot', '1'], "Unknown option '--prot': --port?"],
    [['doctor', '--cokie', 'a=1'], "Unknown option '--cokie': --cookie?"],
    [['start', 'now'], 'start takes no "now"'],
  ] as [string[], string][])('%j are a mistake: %s', (words, message) => {
    expect(readArguments(words)).toMatchObject({ kind: 'mistake', message })
  })

  it('are a mistake when a value is missing', () => {
    expect(readArguments(['--port'])).toMatchObject({ kind: 'mistake', message: expect.stringContaining('--port') })
  })
})

it.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.0.1', false],
])('%s is reached by this machine alone: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})
