import { afterEach, describe, expect, it } from 'vitest'
import { type ReadPageOptions, readPage } from '../../src/page/block'

const added: Element[] = []

/** Adds a page block with that value as JSON. */
const block = (content: unknown): void => {
  const script = document.createElement('script')
  script.setAttribute('type', 'application/json')
  script.setAttribute('data-cart-echo', '')
  script.textContent = JSON.stringify(content)
  document.body.append(script)
  added.push(script)
}

const scriptTag = (attributes: Record<string, string>): HTMLScriptElement => {
  const script = document.createElement('script')
  script.setAttribute('type', 'text/plain')
  for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value)
  document.body.append(script)
  added.push(script)
  return script
}

/** What was read, with the paths of its problems. */
const read = (options?: ReadPageOptions) => {
  const { problems, ...settings } = readPage(options)
  return { ...settings, ...(problems ? { problems: problems.map(({ code, report }) => report?.path ?? code) } : {}) }
}

afterEach(() => {
  for (const element of added.splice(0)) element.remove()
})

describe('the check of a page', () => {
  it('is read from the block, with how often it is asked', () => {
    block({ check: { url: '/api/cart/check-updates', interval_ms: 30_000 } })
    expect(readPage()).toEqual({ check: { url: '/api/cart/check-updates', intervalMs: 30_000 } })
  })

  it.each([undefined, null, ''])('may leave open how often: %j', (interval_ms) => {
    block({ check: { url: '/check', interval_ms } })
    expect(readPage()).toEqual({ check: { url: '/check' } })
  })

  it('may say how often in a string, as env() and config() give it', () => {
    block({ check: { url: '/check', interval_ms: '45000' } })
    expect(readPage()).toEqual({ check: { url: '/check', intervalMs: 45_000 } })
  })

  it.each([false, 'false'])('may say that it is never asked by the clock: %j', (interval_ms) => {
    block({ check: { url: '/check', interval_ms } })
    expect(readPage()).toEqual({ check: { url: '/check', intervalMs: false } })
    expect(readPage({ script: scriptTag({ 'data-check': '/tag', 'data-check-interval': 'false' }) }).check).toEqual({
      url: '/check',
      intervalMs: false,
    })
  })

  it('has no key left unreported that is none, such as the option of that name', () => {
    block({ check: { url: '/check', intervalMs: 45_000 } })
    const { problems, ...rest } = readPage()
    expect(rest).toEqual({ check: { url: '/check' } })
    expect(problems?.map(({ report }) => report?.path)).toEqual(['check.intervalMs'])
  })

  it('is read from the script tag', () => {
    const script = scriptTag({ 'data-check': '/check', 'data-check-interval': '45000' })
    expect(readPage({ script })).toEqual({ check: { url: '/check', intervalMs: 45_000 } })
    expect(readPage({ script: scriptTag({ 'data-check': '/check' }) })).toEqual({ check: { url: '/check' } })
  })

  it('is the block’s before the script tag’s, as a whole', () => {
    block({ check: { url: '/block' } })
    const script = scriptTag({ 'data-check': '/tag', 'data-check-interval': '45000' })
    expect(readPage({ script })).toEqual({ check: { url: '/block' } })
  })

  it.each([null, ''])('is none where it is %j', (check) => {
    block({ check })
    expect(readPage()).toEqual({})
  })

  it('is no node’s but the block’s and the script tag’s own', () => {
    scriptTag({ 'data-check': 'https://evil.example/check' })
    const meta = document.createElement('meta')
    meta.setAttribute('name', 'check')
    meta.setAttribute('content', 'https://evil.example/check')
    document.head.append(meta)
    added.push(meta)
    expect(readPage()).toEqual({})
  })

  it('knows no more than address and interval, and says so', () => {
    block({ check: { url: '/check', headers: { evil: '1' }, credentials: 'include', fetch: 'x', auditMs: 1 } })
    const { problems, ...rest } = readPage()
    expect(rest).toEqual({ check: { url: '/check' } })
    expect(problems).toHaveLength(4)
  })
})

describe('a check that cannot be read', () => {
  it.each<[string, unknown]>([
    ['check', '/check'],
    ['check', [1]],
    ['check', 5],
    ['check.url', {}],
    ['check.url', { url: '' }],
    ['check.url', { url: null }],
    ['check.url', { url: 7 }],
    ['check.url', { url: { toString: 1 } }],
    ['check.interval_ms', { url: '/check', interval_ms: 0 }],
    ['check.interval_ms', { url: '/check', interval_ms: -1 }],
    ['check.interval_ms', { url: '/check', interval_ms: 'often' }],
    ['check.interval_ms', { url: '/check', interval_ms: {} }],
    ['check.interval_ms', { url: '/check', interval_ms: [30_000] }],
    ['check.interval_ms', { url: '/check', interval_ms: true }],
    ['check.interval_ms', { url: '/check', interval_ms: { toString: 1, valueOf: 1 } }],
  ])('is left out as a whole, and %s is named; the rest stays: %j', (path, check) => {
    block({ user: 7, check })
    expect(read()).toEqual({ user: '7', problems: [path] })
  })

  it('of the script tag, too', () => {
    expect(read({ script: scriptTag({ 'data-check': '/check', 'data-check-interval': 'often' }) })).toEqual({
      problems: ['check.interval_ms'],
    })
  })

  it('lends nothing from a polluted Object.prototype', () => {
    Object.assign(Object.prototype, { url: 'https://evil.example', interval_ms: 1 })
    block({ check: {} })
    const settings = read()
    for (const key of ['url', 'interval_ms']) Reflect.deleteProperty(Object.prototype, key)
    expect(settings).toEqual({ problems: ['check.url'] })
  })
})

describe('a page of a guest', () => {
  it.each([true, false])('says so in the block: %s', (guest) => {
    block({ guest })
    expect(readPage()).toEqual({ guest })
  })

  it.each([
    ['true', true],
    ['', true],
    ['false', false],
  ])('says so by data-guest="%s"', (value, guest) => {
    expect(readPage({ script: scriptTag({ 'data-guest': value }) })).toEqual({ guest })
  })

  it.each(['yes', 2, {}, []])('does not say so by %j in a block, and that is reported', (guest) => {
    block({ user: 7, guest })
    expect(read()).toEqual({ user: '7', problems: ['guest'] })
  })

  it('does not say so by data-guest="yes", and that is reported', () => {
    expect(read({ script: scriptTag({ 'data-guest': 'yes' }) })).toEqual({ problems: ['guest'] })
  })

  it('is the block’s word before the script tag’s', () => {
    block({ guest: false })
    expect(readPage({ script: scriptTag({ 'data-guest': 'true' }) })).toEqual({ guest: false })
  })
})
