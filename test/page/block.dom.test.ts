import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type PageSettings, type ReadPageOptions, readPage } from '../../src/page/block'

const PAGE_BLOCK = { type: 'application/json', 'data-cart-echo': '' }

const added: Element[] = []

const add = <Kind extends Element>(parent: Element, element: Kind, attributes: Record<string, string> = {}): Kind => {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  parent.append(element)
  added.push(element)
  return element
}

/** Adds a page block with that text, or that value as JSON. */
const block = (content: unknown, parent: Element = document.body) => {
  const script = add(parent, document.createElement('script'), PAGE_BLOCK)
  script.textContent = typeof content === 'string' ? content : JSON.stringify(content)
  return script
}

const meta = (name: string, content: string, parent: Element = document.head) =>
  add(parent, document.createElement('meta'), { name, content })

const scriptTag = (attributes: Record<string, string>) =>
  add(document.body, document.createElement('script'), { type: 'text/plain', ...attributes })

const laravel = (value: unknown) => Object.assign(globalThis, { Laravel: value })

/** What was read, with the paths of its problems. */
const read = (options?: ReadPageOptions) => {
  const { problems, ...settings } = readPage(options)
  return { ...settings, ...(problems ? { problems: problems.map(({ code, report }) => report?.path ?? code) } : {}) }
}

afterEach(() => {
  for (const element of added.splice(0)) element.remove()
  Reflect.deleteProperty(globalThis, 'Laravel')
})

const full = {
  user: '0199f3a2-1c4b',
  owner: 'h7Qk',
  cursor: 'b7f3:17',
  enabled: false,
  channel: 'shop.{user}',
  reverb: { key: 'k', host: 'ws.shop.example', port: 443, scheme: 'https' },
  check: { url: '/check', intervalMs: 15_000 },
} satisfies PageSettings

/** The same as a block writes it: only the check's interval is spelt otherwise. */
const fullBlock = { ...full, check: { url: '/check', interval_ms: 15_000 } }

describe('readPage()', () => {
  it('says nothing on a page that says nothing', () => {
    expect(readPage()).toEqual({})
  })

  it('reads the block in <body>, and no more than it knows', () => {
    block({ ...fullBlock, echo: 'x', target: null, onError: 'x', steer: true })
    expect(readPage()).toEqual(full)
  })

  it('reads a block that escapes what would end a script', () => {
    block('{"user":7,"owner":"\\u003c\\/script\\u003e\\u0026\\u0027"}')
    expect(readPage()).toEqual({ user: '7', owner: "</script>&'" })
  })

  it.each([null, ''])('takes %j for what is not there', (none) => {
    block({ user: none, owner: none, cursor: none, enabled: none, channel: none, reverb: none })
    expect(readPage()).toEqual({})
  })

  it('keeps what is false or 0', () => {
    block({ user: 0, enabled: false })
    expect(readPage()).toEqual({ user: '0', enabled: false })
  })
})

describe('of several blocks, readPage()', () => {
  it('takes what each says, key by key; the later wins, and says nothing by null', () => {
    block({ user: 7, owner: 'mine', cursor: 'e1:1', channel: 'old.{user}', reverb: { key: 'k', port: 8080 } })
    block({ user: '7', owner: 'mine', cursor: 'e1:2', reverb: null, channel: '' })
    block({ user: 7 })
    const reverb = { key: 'k', port: 8080 }
    expect(readPage()).toEqual({ user: '7', owner: 'mine', cursor: 'e1:2', channel: 'old.{user}', reverb })
  })

  it('ignores those in <head>, which wire:navigate leaves there, and says so when there is no other', () => {
    block({ user: 8, owner: 'theirs', cursor: 'e9:9' }, document.head)
    expect(read()).toEqual({ problems: ['block'] })
    block({ user: 7 })
    expect(readPage()).toEqual({ user: '7' })
  })

  it('ignores scripts that are not marked, or no JSON', () => {
    add(document.body, document.createElement('script'), { type: 'application/json' }).textContent = '{"user":8}'
    add(document.body, document.createElement('div'), { 'data-cart-echo': '' }).textContent = '{"user":8}'
    add(document.body, document.createElement('script'), { type: 'text/plain', 'data-cart-echo': '' }).textContent =
      '{"user":8}'
    expect(readPage()).toEqual({})
  })

  it.each([
    ['two owners', { user: 7, owner: 'mine' }, { user: 7, owner: 'theirs' }],
    ['two users', { user: 7 }, { user: 8 }],
    ['two owners and a block between', { owner: 'mine' }, { owner: 'theirs' }],
    ['a user and nobody', { user: 7 }, { user: null }],
    ['nobody, by an empty string, and a user', { user: '' }, { user: 7 }],
  ])('refuses %s: no user, no owner, nothing', (_what, one, other) => {
    block(one)
    block({ cursor: 'e1:1' })
    block(other)
    meta('user-id', '7')
    expect(read()).toEqual({ problems: ['page-conflict'] })
  })

  it('sees no conflict where one says less, or writes the id otherwise', () => {
    block({ user: 7 })
    block({ user: '7', owner: 'mine' })
    block({ owner: 'mine', cursor: 'e1:3' })
    expect(read()).toEqual({ user: '7', owner: 'mine', cursor: 'e1:3' })
  })

  it('skips one that cannot be read, and says so', () => {
    block({ user: 7 })
    block('{"user": 8')
    expect(read()).toEqual({ user: '7', problems: ['block'] })
  })
})

describe('what cannot be read', () => {
  it.each(['', 'undefined', '{', '[]', '"text"', 'null', '5', '{"user":7,}'])('a block of %j is left out', (text) => {
    block(text)
    expect(read()).toEqual({ problems: ['block'] })
  })

  it.each<[string, unknown]>([
    ['user', 'undefined'],
    ['user', 'null'],
    ['user', 1.5],
    ['user', true],
    ['user', false],
    ['user', {}],
    ['user', []],
    ['user', { toString: 1, valueOf: 1 }],
    ['user', ' 7'],
    ['owner', 7],
    ['owner', {}],
    ['owner', { toString: null }],
    ['cursor', 'b7f3'],
    ['cursor', 17],
    ['cursor', ['b7f3:17']],
    ['enabled', 'no'],
    ['enabled', 2],
    ['channel', 'App.Models.User.7'],
    ['channel', 'private-{user}'],
    ['channel', 7],
    ['channel', {}],
    ['guest', 'yes'],
    ['guest', 2],
    ['reverb', 'key'],
    ['reverb', [1]],
    ['check', '/check'],
    ['check', [1]],
  ])('a bad %s is left out and reported, the rest stays: %j', (key, value) => {
    block({ ...fullBlock, [key]: value })
    const { [key as keyof typeof full]: _left, ...rest } = full
    expect(read()).toEqual({ ...rest, problems: [key] })
  })

  it.each<[string, object]>([
    ['reverb.key', {}],
    ['reverb.key', { key: '' }],
    ['reverb.key', { key: 7 }],
    ['reverb.host', { key: 'k', host: 7 }],
    ['reverb.port', { key: 'k', port: 'x' }],
    ['reverb.port', { key: 'k', port: 0 }],
    ['reverb.port', { key: 'k', port: 65_536 }],
    ['reverb.port', { key: 'k', port: 443.5 }],
    ['reverb.port', { key: 'k', port: { toString: 1 } }],
    ['reverb.scheme', { key: 'k', scheme: 'ftp' }],
    ['reverb.host', { key: 'k', host: 'https://ws.shop.example' }],
    ['reverb.host', { key: 'k', host: 'ws.shop.example:443' }],
    ['reverb.path', { key: 'k', path: '/reverb?x' }],
    ['reverb.auth', { key: 'k', auth: '/broadcasting/auth' }],
  ])('a bad %s names itself and leaves all of reverb out: %j', (path, reverb) => {
    block({ user: 7, reverb })
    expect(read()).toEqual({ user: '7', problems: [path] })
  })

  it.each<[string, unknown]>([
    ['check.url', {}],
    ['check.url', { url: '' }],
    ['check.url', { url: 7 }],
    ['check.interval_ms', { url: '/check', interval_ms: 0 }],
    ['check.interval_ms', { url: '/check', interval_ms: -1 }],
    ['check.interval_ms', { url: '/check', interval_ms: 'soon' }],
    ['check.interval_ms', { url: '/check', interval_ms: true }],
    ['check.interval_ms', { url: '/check', interval_ms: [15_000] }],
    ['check.interval_ms', { url: '/check', interval_ms: { toString: 1 } }],
  ])('a bad %s names itself and leaves all of the check out: %j', (path, check) => {
    block({ user: 7, check })
    expect(read()).toEqual({ user: '7', problems: [path] })
  })

  it.each<[unknown, number | undefined]>([
    ['15000', 15_000],
    [15_000, 15_000],
    [null, undefined],
    ['', undefined],
  ])('does not include an interval of %j, as env() and config() give it', (interval_ms, intervalMs) => {
    block({ check: { url: '/check', interval_ms } })
    expect(read()).toEqual({ check: { url: '/check', ...(intervalMs === undefined ? {} : { intervalMs }) } })
  })

  it('leaves no key of reverb unreported that it does not know, and uses the others', () => {
    block({ reverb: { key: 'k', wsHost: 'ws.shop.example', cluster: null, auth: { endpoint: '/a', timeoutMs: 'x' } } })
    const reverb = { key: 'k', auth: { endpoint: '/a' } }
    expect(read()).toEqual({ reverb, problems: ['reverb.wsHost', 'reverb.auth.timeoutMs'] })
  })

  it.each<[string, object, object]>([
    ['numbers in strings', { port: '8080' }, { port: 8080 }],
    ['a port with a zero in front', { port: '0443' }, { port: 443 }],
    ['nothing', { host: '', port: '', scheme: null, path: '' }, {}],
    ['the scheme of the socket', { scheme: 'wss' }, { scheme: 'https' }],
    ['the scheme of the socket', { scheme: 'ws' }, { scheme: 'http' }],
    ['a path, however it is written', { path: 'reverb/' }, { path: '/reverb' }],
    ['an address', { host: '[::1]' }, { host: '[::1]' }],
    ['an endpoint', { auth: { endpoint: '/my/auth' } }, { auth: { endpoint: '/my/auth' } }],
    ["PHP's empty array", { auth: [] }, {}],
    ['an endpoint that is not there', { auth: { endpoint: null } }, {}],
    ['an empty endpoint', { auth: { endpoint: '' } }, {}],
    ['a key without a name, that is not given', { '': '', auth: { '': null } }, {}],
  ])('does not include %s, as env() and config() give it: %j', (_what, said, settings) => {
    block({ reverb: { key: 'k', ...said } })
    expect(read()).toEqual({ reverb: { key: 'k', ...settings } })
  })

  it.each<[unknown, boolean]>([
    ['false', false],
    ['0', false],
    [0, false],
    ['true', true],
    [1, true],
  ])('does not include a switch of %j, as env() and databases give it', (enabled, expected) => {
    block({ enabled, guest: enabled })
    expect(read()).toEqual({ enabled: expected, guest: expected })
  })

  it("does not include PHP's empty array for what has parts", () => {
    block({ user: 7, reverb: [], check: [] })
    expect(read()).toEqual({ user: '7' })
  })

  it('does not include a port in a string, as env() and config() give it', () => {
    block({ reverb: { key: 'k', port: '8080' } })
    expect(read()).toEqual({ reverb: { key: 'k', port: 8080 } })
  })

  it('is reported with what was expected and what was there, briefly', () => {
    block({ cursor: 'x'.repeat(10_000) })
    const [problem] = readPage().problems ?? []
    expect(problem).toMatchObject({ code: 'invalid-page', report: { path: 'cursor', expected: 'epoch:seq' } })
    expect(problem?.message.length).toBeLessThan(200)
  })

  it('lists every problem', () => {
    block('{')
    block({ user: 'undefined', cursor: 'x' })
    expect(read()).toEqual({ problems: ['block', 'user', 'cursor'] })
  })
})

describe('whom readPage() trusts', () => {
  it('the block before the script tag, the script tag before meta, meta before Laravel', () => {
    laravel({ userId: 1 })
    expect(read()).toEqual({ user: '1' })
    meta('user-id', '2')
    expect(read()).toEqual({ user: '2' })
    const script = scriptTag({ 'data-user': '3', 'data-channel': 'tag.{user}' })
    expect(read()).toEqual({ user: '2' })
    expect(read({ script })).toEqual({ user: '3', channel: 'tag.{user}' })
    block({ user: 4 })
    expect(read({ script })).toEqual({ user: '4', channel: 'tag.{user}' })
  })

  it('a block that says nobody is logged in, whatever older sources say', () => {
    laravel({ userId: 1 })
    meta('user-id', '2')
    block({ user: null })
    expect(read({ script: scriptTag({ 'data-user': '3' }) })).toEqual({})
  })

  it('an empty meta tag before Laravel', () => {
    laravel({ userId: 1 })
    meta('user-id', '')
    expect(read()).toEqual({})
  })

  it.each([null, undefined, {}, { userId: null }, { userId: '' }, 5])('no user of window.Laravel = %j', (value) => {
    laravel(value)
    expect(read()).toEqual({})
  })

  it('and reports a user that cannot be one, from wherever', () => {
    meta('user-id', 'undefined')
    expect(read()).toEqual({ problems: ['user'] })
    laravel({ userId: document.createElement('input') })
    added.at(-1)?.remove()
    expect(read()).toEqual({ problems: ['user'] })
  })

  it('no meta tag in <body>', () => {
    meta('user-id', '2', document.body)
    expect(read()).toEqual({})
  })

  it('no meta tag but for the user: neither host nor owner nor cursor', () => {
    const names = [
      'owner',
      'cursor',
      'channel',
      'reverb-host',
      'reverb-key',
      'cart-echo-host',
      'enabled',
      'check',
      'guest',
    ]
    for (const name of names) {
      meta(name, 'evil')
    }
    laravel({ owner: 'evil', cursor: 'e1:1', reverb: { key: 'evil', host: 'evil.example' }, channel: 'evil.{user}' })
    expect(read()).toEqual({})
  })

  it('no data-* of other nodes', () => {
    scriptTag({ 'data-user': '3', 'data-reverb-key': 'k', 'data-reverb-host': 'evil.example', 'data-check': '/evil' })
    expect(read()).toEqual({})
  })
})

describe("the script tag's data-*", () => {
  it('says all that a block says', () => {
    const script = scriptTag({
      'data-user': '7',
      'data-owner': 'h7Qk',
      'data-cursor': 'b7f3:17',
      'data-enabled': 'false',
      'data-channel': 'shop.{user}',
      'data-reverb-key': 'k',
      'data-reverb-host': 'ws.shop.example',
      'data-reverb-port': '443',
      'data-reverb-scheme': 'https',
      'data-check': '/check',
      'data-check-interval': '15000',
    })
    expect(readPage({ script })).toEqual({ ...full, user: '7' })
  })

  it.each([
    ['true', { guest: true }],
    ['', { guest: true }],
    ['false', { guest: false }],
    ['yes', { problems: ['guest'] }],
  ])('reads data-guest="%s"', (value, expected) => {
    expect(read({ script: scriptTag({ 'data-guest': value }) })).toEqual(expected)
  })

  it('leaves an interval out that belongs to no check', () => {
    expect(read({ script: scriptTag({ 'data-check-interval': '15000' }) })).toEqual({})
  })

  it.each(['no', 'FALSE'])('leaves data-enabled="%s" out, and says so', (value) => {
    expect(read({ script: scriptTag({ 'data-enabled': value }) })).toEqual({ problems: ['enabled'] })
  })

  it.each(['true', ''])('is enabled by data-enabled="%s"', (value) => {
    expect(read({ script: scriptTag({ 'data-enabled': value }) })).toEqual({ enabled: true })
  })

  it('leaves out what is empty', () => {
    const script = scriptTag({ 'data-user': '', 'data-owner': '', 'data-reverb-key': 'k', 'data-reverb-port': '' })
    expect(read({ script })).toEqual({ reverb: { key: 'k' } })
  })

  it('is left out where it is bad', () => {
    const script = scriptTag({ 'data-user': 'null', 'data-reverb-key': 'k', 'data-reverb-port': 'x' })
    expect(read({ script })).toEqual({ problems: ['user', 'reverb.port'] })
    const check = scriptTag({ 'data-check': '/check', 'data-check-interval': 'x' })
    expect(read({ script: check })).toEqual({ problems: ['check.interval_ms'] })
  })
})

describe('a hostile page', () => {
  it('pollutes nothing and gains nothing by __proto__', () => {
    block('{"__proto__":{"user":8,"polluted":1},"constructor":{"prototype":{"polluted":1}}}')
    expect(readPage()).toEqual({})
    expect(readPage().user).toBeUndefined()
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('lends the block nothing by a polluted Object.prototype', () => {
    const evil = {
      user: 8,
      owner: 'evil',
      cursor: 'e1:1',
      host: 'evil.example',
      port: 1,
      reverbKey: 'evil',
      check: 'x',
    }
    Object.assign(Object.prototype, evil)
    block('{"reverb":{"key":"k"}}')
    const settings = readPage()
    for (const key of Object.keys(evil)) Reflect.deleteProperty(Object.prototype, key)
    expect(settings).toEqual({ reverb: { key: 'k' } })
  })

  it('cannot make it throw by a depth that JSON can write but not print', () => {
    // Node prints none such, nor do browsers of some years ago.
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    for (const key of ['user', 'owner', 'reverb', 'check']) block(`{"${key}":${deep}}`)
    expect(() => readPage()).not.toThrow()
    expect(readPage().user).toBeUndefined()
  })

  it('cannot make it throw, whatever its blocks hold', () => {
    const json = fc.oneof(fc.json(), fc.jsonValue(), fc.string())
    const field = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('b7f3:17', '{user}', { toString: 1 }))
    const settings = fc.dictionary(fc.constantFrom(...Object.keys(full), 'guest', '__proto__'), field)
    fc.assert(
      fc.property(fc.array(fc.oneof(settings, json), { maxLength: 3 }), (contents) => {
        const scripts = contents.map((content) => block(content))
        const { problems = [], ...given } = readPage()
        for (const script of scripts) script.remove()
        expect(
          problems.every(({ name, code }) => name === 'CartEchoError' && /^(invalid-page|page-conflict)$/.test(code)),
        ).toBe(true)
        expect([...Object.keys(full), 'guest']).toEqual(expect.arrayContaining(Object.keys(given)))
        expect(given.user ?? 'nobody').toMatch(/^[\w\-=@,.;]{1,120}$/)
      }),
      { numRuns: 200 },
    )
  })
})
