import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import {
  type ChromiumTab,
  type ChromiumTabs,
  describeFull,
  fullChromium,
  holdCachingBrowser,
  holdTabs,
  leaveAndReturn,
  openTabs,
  openTestWindow,
} from './page-life'

// The support itself, on pages that write down what happens to them.

const LIFE = `
window.life = []
window.ticks = 0
setInterval(() => { ticks += 1 }, 20)
const log = (event) => life.push([event.type, event.persisted, document.visibilityState].filter((it) => it !== undefined).join(' '))
for (const name of ['pageshow', 'pagehide', 'online', 'offline']) addEventListener(name, log)
for (const name of ['visibilitychange', 'freeze', 'resume', 'prerenderingchange']) document.addEventListener(name, log)
`

let server: Server
let origin: string

beforeAll(async () => {
  server = createServer((request, response) => {
    const isScript = request.url === '/life.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    // As strict as the demo's pages.
    if (request.url?.startsWith('/strict')) response.setHeader('Content-Security-Policy', "default-src 'self'")
    if (request.url === '/sent-once') response.setHeader('Cache-Control', 'no-store')
    response.end(isScript ? LIFE : `<!doctype html><title>${request.url}</title><script src="/life.js"></script>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

it('knows whether this machine has a full Chromium', async () => {
  expect(typeof (await fullChromium())).toBe('boolean')
})

describeFull('a page of a caching browser', () => {
  const cached = holdCachingBrowser()

  const open = async (): Promise<Page> => {
    const page = await cached.browser.newPage()
    await page.goto(`${origin}/`)
    return page
  }

  const lifeOf = (page: Page): Promise<string[]> => page.evaluate(() => (window as unknown as { life: string[] }).life)

  it('is restored from the back/forward cache, more than once, and the test does what it wants meanwhile', async () => {
    const page = await open()
    const places: string[] = []
    const note = async () => void places.push(new URL(page.url()).pathname)
    expect(await leaveAndReturn(page, '/away', note)).toEqual({ persisted: true, notRestoredReasons: [] })
    await note()
    expect(places).toEqual(['/away', '/'])
    expect(await leaveAndReturn(page, 'data:text/html,away')).toEqual({ persisted: true, notRestoredReasons: [] })
    const left = ['pagehide true visible', 'visibilitychange hidden', 'freeze hidden']
    const back = ['resume hidden', 'visibilitychange visible', 'pageshow true visible']
    expect(await lifeOf(page)).toEqual(['pageshow false visible', ...left, ...back, ...left, ...back])
  })

  it('is loaded anew when Chromium may not keep it, and says why', async () => {
    const page = await open()
    await page.evaluate(() => addEventListener('unload', () => {}))
    const { persisted, notRestoredReasons } = await leaveAndReturn(page, '/away')
    expect(persisted).toBe(false)
    expect(notRestoredReasons).not.toEqual([])
    expect(await lifeOf(page)).toEqual(['pageshow false visible'])
  })

  it('hears that it is offline and online', async () => {
    const page = await open()
    await page.context().setOffline(true)
    await expect.poll(() => lifeOf(page)).toContain('offline visible')
    await page.context().setOffline(false)
    await expect.poll(() => lifeOf(page)).toContain('online visible')
  })
})

describeFull('a tab', () => {
  const tabs = holdTabs()
  const opened: ChromiumTab[] = []

  afterEach(async () => {
    for (const tab of opened.splice(0)) await tab.close()
  })

  const open = async (path: string, options?: Parameters<ChromiumTabs['open']>[1]): Promise<ChromiumTab> => {
    const tab = await tabs.chromium.open(`${origin}${path}`, options)
    opened.push(tab)
    return tab
  }

  const stateOf = (tab: ChromiumTab): Promise<string> => tab.evaluate('document.visibilityState')

  const lifeOf = (tab: ChromiumTab): Promise<string[]> => tab.evaluate('life')

  const ticksOf = (tab: ChromiumTab): Promise<number> => tab.evaluate('ticks')

  it('is hidden and shown, and hidden by the next one, but by none in another window', async () => {
    const tab = await open('/')
    expect(await stateOf(tab)).toBe('visible')
    await tab.hide()
    expect(await stateOf(tab)).toBe('hidden')
    await tab.show()
    expect(await stateOf(tab)).toBe('visible')
    const life = ['pageshow false visible', 'visibilitychange hidden', 'visibilitychange visible']
    expect(await lifeOf(tab)).toEqual(life)

    const window = await openTestWindow()
    const far = await window.open(`${origin}/far`)
    expect([await stateOf(far), await stateOf(tab)]).toEqual(['visible', 'visible'])
    const next = await open('/next')
    expect([await stateOf(tab), await stateOf(next), await stateOf(far)]).toEqual(['hidden', 'visible', 'visible'])
    await tab.show()
    await expect.poll(() => stateOf(next)).toBe('hidden')
    await window.close()
    await expect(far.evaluate('1')).rejects.not.toThrow(/No answer within/)
    expect([await stateOf(tab), await lifeOf(tab)]).toEqual(['visible', [...life, ...life.slice(1)]])
  })

  it('is frozen, time and again: its timers stop until it resumes, still hidden, or is shown', async () => {
    const other = await open('/other')
    const tab = await open('/')
    await tab.freeze()
    const [frozenAt, otherAt] = [await ticksOf(tab), await ticksOf(other)]
    // Hidden but not frozen it would tick as the other one, once in a second.
    await expect.poll(() => ticksOf(other)).toBeGreaterThan(otherAt + 1)
    expect(await ticksOf(tab)).toBe(frozenAt)
    await tab.resume()
    await expect.poll(() => ticksOf(tab)).toBeGreaterThan(frozenAt)
    expect(await stateOf(tab)).toBe('hidden')
    await tab.show()
    await tab.freeze()
    await tab.show()
    const round = ['visibilitychange hidden', 'freeze hidden', 'resume hidden', 'visibilitychange visible']
    expect(await lifeOf(tab)).toEqual(['pageshow false visible', ...round, ...round])
  })

  it('gives values, waits for promises, and rejects what throws or comes too late, or when it is closed', async () => {
    const tab = await tabs.chromium.open(`${origin}/`)
    expect(await tab.evaluate('Promise.resolve({ a: [1] })')).toEqual({ a: [1] })
    await expect(tab.evaluate('nothing.at.all')).rejects.toThrow('nothing is not defined')
    await expect(tab.evaluate('new Promise(() => {})', 50)).rejects.toThrow('No answer within 50 ms')
    await tab.close()
    await expect(tab.evaluate('1')).rejects.toThrow('The tab is closed.')
  })

  it('crashes, and lives again when it is loaded anew', async () => {
    const tab = await open('/')
    const other = await open('/other')
    await tab.crash()
    await expect(tab.evaluate('1', 500)).rejects.toThrow()
    expect(await other.evaluate('location.pathname')).toBe('/other')
    await tab.goto(`${origin}/again`)
    expect(await tab.evaluate('location.pathname')).toBe('/again')
  })

  it.each(['/next', '/sent-once', '/strict'])('prerenders %s and becomes it', async (path) => {
    const tab = await open('/')
    const page = await tab.prerender(path)
    expect(await page.evaluate('[location.pathname, document.prerendering, document.visibilityState]')).toEqual([
      path,
      true,
      'hidden',
    ])
    expect(await tab.evaluate('location.pathname')).toBe('/')
    await page.activate()
    expect(await tab.evaluate('[location.pathname, document.prerendering]')).toEqual([path, false])
    const life = await lifeOf(tab)
    expect(life.filter((event) => event.startsWith('prerenderingchange'))).toHaveLength(1)
    expect(life).toContain('visibilitychange visible')
    await tab.hide()
    expect(await tab.evaluate('document.visibilityState')).toBe('hidden')
  })

  it('prerenders from a page with a strict policy only if told to get round it', async () => {
    await expect((await open('/strict')).prerender('/next')).rejects.toThrow('bypassCsp')
    const tab = await open('/strict', { bypassCsp: true })
    await (await tab.prerender('/strict/next')).activate()
    expect(await tab.evaluate('location.pathname')).toBe('/strict/next')
  })
})

describeFull('a Chromium of its own', () => {
  const tabs = holdTabs()

  it('ends, and the others go on', async () => {
    const own = await openTabs()
    try {
      const tab = await own.open(`${origin}/`)
      expect(await tab.evaluate('location.pathname')).toBe('/')
    } finally {
      await own.close()
    }
    await expect(own.open(`${origin}/`)).rejects.toThrow('Chromium has gone.')
    const other = await tabs.chromium.open(`${origin}/other`)
    expect(await other.evaluate('location.pathname')).toBe('/other')
    await other.close()
  })
})
