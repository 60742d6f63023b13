import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { CartEchoServer } from '../../src/server'
import { openBrowser, type TestBrowser } from './browser'

/** What a test of a page holds: one Chromium for the file, a server for each test. */
export interface PageTest<Server = CartEchoServer> {
  readonly chromium: TestBrowser
  readonly server: Server
}

/**
 * Opens Chromium for the tests of this file and a server, by `start`, for each of them, and closes both. The result is filled
 * in before each test.
 */
export const openForPages = <Server extends CartEchoServer>(start: () => Promise<Server>): PageTest<Server> => {
  const held: { chromium?: TestBrowser; server?: Server } = {}

  beforeAll(async () => {
    held.chromium = await openBrowser()
  })

  afterAll(() => held.chromium?.close())

  beforeEach(async () => {
    held.server = await start()
    if (held.chromium) held.chromium.complaints.length = 0
  })

  afterEach(async () => {
    const contexts = held.chromium?.browser.contexts() ?? []
    await Promise.all([...contexts.map((context) => context.close()), held.server?.close()])
  })

  return held as PageTest<Server>
}

/** Starts the demo as it is built, with customer 1 logged in. */
export const startDemo = async (): Promise<CartEchoServer> => {
  const path = new URL('../../dist/server/index.js', import.meta.url).href
  const { startServer } = (await import(path)) as typeof import('../../src/server')
  return startServer({ port: 0, autoLogin: 1 })
}
