import { describe, expect, it } from 'vitest'
import { readArguments } from '../../../src/server/cli/options'
import { isLoopback } from '../../../src/server/cli/words'

describe('the words after cart-echo', () => {
  it.each([
    [[], { kind: 'start', port: 8080, host: '127.0.0.1', level: 'log' }],
    [['--port', '0'], { kind: 'start', port: 0, host: '127.0.0.1', level: 'log' }],
    [['-p', '65535', '--level=guide'], { kind: 'start', port: 65_535, host: '127.0.0.1', level: 'guide' }],
    [['--level', 'outbox'], { kind: 'start', port: 8080, host: '127.0.0.1', level: 'outbox' }],
    [['--host', '0.0.0.0'], { kind: 'start', port: 8080, host: '0.0.0.0', level: 'log' }],
    [['start'], { kind: 'start', port: 8080, host: '127.0.0.1', level: 'log' }],
    [['start', '--port', '0'], { kind: 'start', port: 0, host: '127.0.0.1', level: 'log' }],
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
    [['--no-such'], "Unknown option '--no-such'"],
    [['begin'], 'There is no command "begin": start, doctor, laravel or completion'],
    [['docter', 'https://shop.test'], 'There is no command "docter": doctor?'],
    [['--prot', '1'], "Unknown option '--prot': --port?"],
    [['doctor', '--cokie', 'a=1'], "Unknown option '--cokie': --cookie?"],
    [['start', 'now'], 'start takes no "now"'],
  ])('%j are a mistake: %s', (words, message) => {
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
