import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import {
  type ChromiumTab,
  type ChromiumTabs,
  describeFull,
  fullChromium,
  leaveAndReturn,
  openCachingBrowser,
  openTabs,
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
  let browser: Browser

  beforeAll(async () => {
    browser = await openCachingBrowser()
  }, 60_000)

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
  })

  afterAll(() => browser.close())

  const open = async (): Promise<Page> => {
    const page = await browser.newPage()
    await page.goto(`${origin}/`)
    return page
  }

  const lifeOf = (page: Page): Promise<string[]> => page.evaluate(() => (window as unknown as { life: string[] }).life)

  it('is restored from the back/forward cache, more than once', async () => {
    const page = await open()
    expect(await leaveAndReturn(page, '/away')).toEqual({ persisted: true, notRestoredReasons: [] })
    expect(await leaveAndReturn(page, 'data:text/html,away')).toEqual({ persisted: true, notRestoredReasons: [] })
    const left = ['pagehide true visible', 'visibilitychange hidden', 'freeze hidden']
    const back = ['resume hidden', 'visibilitychange visible', 'pageshow true visible']
    expect(await lifeOf(page)).toEqual(['pageshow false visible', ...left, ...back, ...left, ...back])
  })

  it('does what the test wants while it is away', async () => {
    const page = await open()
    const places: string[] = []
    await leaveAndReturn(page, '/away', async () => {
      places.push(new URL(page.url()).pathname)
    })
    expect([...places, new URL(page.url()).pathname]).toEqual(['/away', '/'])
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
  let tabs: ChromiumTabs
  const opened: ChromiumTab[] = []

  beforeAll(async () => {
    tabs = await openTabs()
  }, 60_000)

  afterEach(async () => {
    for (const tab of opened.splice(0)) await tab.close()
  })

  afterAll(() => tabs.close(), 60_000)

  const open = async (path: string, options?: Parameters<ChromiumTabs['open']>[1]): Promise<ChromiumTab> => {
    const tab = await tabs.open(`${origin}${path}`, options)
    opened.push(tab)
    return tab
  }

  const lifeOf = (tab: ChromiumTab): Promise<string[]> => tab.evaluate('life')

  const ticksOf = (tab: ChromiumTab): Promise<number> => tab.evaluate('ticks')

  it('is hidden and shown', async () => {
    const tab = await open('/')
    expect(await tab.evaluate('document.visibilityState')).toBe('visible')
    await tab.hide()
    expect(await tab.evaluate('document.visibilityState')).toBe('hidden')
    await tab.show()
    expect(await tab.evaluate('document.visibilityState')).toBe('visible')
    expect(await lifeOf(tab)).toEqual(['pageshow false visible', 'visibilitychange hidden', 'visibilitychange visible'])
  })

  it('is hidden by the next one', async () => {
    const first = await open('/first')
    const second = await open('/second')
    const states = () => Promise.all([first, second].map((tab) => tab.evaluate('document.visibilityState')))
    expect(await states()).toEqual(['hidden', 'visible'])
    await first.show()
    await expect.poll(states).toEqual(['visible', 'hidden'])
  })

  it('is frozen: its timers stop until it resumes, and it stays hidden', async () => {
    const tab = await open('/')
    await tab.freeze()
    const frozenAt = await ticksOf(tab)
    // Hidden but not frozen it would tick once in a second.
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    expect(await ticksOf(tab)).toBe(frozenAt)
    await tab.resume()
    await expect.poll(() => ticksOf(tab), { timeout: 20_000 }).toBeGreaterThan(frozenAt)
    expect(await lifeOf(tab)).toEqual([
      'pageshow false visible',
      'visibilitychange hidden',
      'freeze hidden',
      'resume hidden',
    ])
  })

  it('resumes when it is shown, and can be frozen again', async () => {
    const tab = await open('/')
    for (const _ of [1, 2]) {
      await tab.freeze()
      await tab.show()
    }
    const round = ['visibilitychange hidden', 'freeze hidden', 'resume hidden', 'visibilitychange visible']
    expect(await lifeOf(tab)).toEqual(['pageshow false visible', ...round, ...round])
  })

  it('gives values, waits for promises, and rejects what throws or comes too late', async () => {
    const tab = await open('/')
    expect(await tab.evaluate('Promise.resolve({ a: [1] })')).toEqual({ a: [1] })
    await expect(tab.evaluate('nothing.at.all')).rejects.toThrow('nothing is not defined')
    await expect(tab.evaluate('new Promise(() => {})', 50)).rejects.toThrow('No answer within 50 ms')
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

  it('is closed', async () => {
    const tab = await tabs.open(`${origin}/`)
    await tab.close()
    await expect(tab.evaluate('1')).rejects.toThrow('The tab is closed.')
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

describeFull('two Chromiums', () => {
  it('end one by one', async () => {
    const [first, second] = await Promise.all([openTabs(), openTabs()])
    try {
      await first.close()
      const tab = await second.open(`${origin}/`)
      expect(await tab.evaluate('location.pathname')).toBe('/')
    } finally {
      await second.close()
    }
  })
})
