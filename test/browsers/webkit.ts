import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { freePorts, within } from '../interop/own-process'
import { type Key, middleOf, type Point, type RunningBrowser, type Tab } from './driver'

// WebKitGTK by its own WebDriver: a dozen HTTP calls, https://www.w3.org/TR/webdriver2/.

/** Where Debian has it. */
const MINI_BROWSERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'].map(
  (folder) => `${folder}/webkit2gtk-4.1/MiniBrowser`,
)
const READY_WITHIN_MS = 20_000
const SCREEN = '1280x900x24'
/** What WebDriver calls keys. */
const KEYS: Readonly<Record<Key, string>> = { Tab: '\uE004', Enter: '\uE007', Escape: '\uE00C' }

/** The browser that WebKitGTK brings; null: it is not installed. */
export const findMiniBrowser = (): string | null => MINI_BROWSERS.find((path) => existsSync(path)) ?? null

/** Asks WebDriver for something. Rejects with its message. */
type Call = <Value>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<Value>

const caller =
  (address: string): Call =>
  async <Value>(method: string, path: string, body?: object): Promise<Value> => {
    const answer = await fetch(`${address}${path}`, { method, body: body ? JSON.stringify(body) : null })
    const { value } = (await answer.json()) as { value: Value & { error?: string; message?: string } }
    if (!answer.ok) throw new Error(`WebDriver, ${method} ${path}: ${value?.message || value?.error}`)
    return value
  }

/** Starts MiniBrowser on a screen of its own that nobody sees. */
export const startWebKit = async (binary: string): Promise<RunningBrowser> => {
  const [port = 0] = await freePorts(1)
  const children: ChildProcess[] = []
  const end = (): void => {
    for (const child of children.splice(0).reverse()) child.kill()
  }
  process.once('exit', end)
  try {
    const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    })
    children.push(screen)
    const DISPLAY = `:${(await firstLine(screen.stdio[3] as Readable)).trim()}`
    const words = ['--host=127.0.0.1', `--port=${port}`]
    children.push(spawn('WebKitWebDriver', words, { stdio: 'ignore', env: { ...process.env, DISPLAY } }))
    const call = caller(`http://127.0.0.1:${port}`)
    const isReady = () =>
      call<unknown>('GET', '/status').then(
        () => true,
        () => false,
      )
    await within(READY_WITHIN_MS, 'WebKitWebDriver answers', isReady)
    const options = { binary, args: ['--automation'] }
    const session = await call<Session>('POST', '/session', {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
    })
    const own: Call = (method, path, body) => call(method, `/session/${session.sessionId}${path}`, body)
    return {
      ...(await openTabs(own)),
      name: 'WebKit',
      version: session.capabilities.browserVersion,
      close: async () => {
        await own('DELETE', '').catch(() => undefined)
        process.off('exit', end)
        end()
      },
    }
  } catch (error) {
    end()
    throw error
  }
}

interface Session {
  readonly sessionId: string
  readonly capabilities: { readonly browserVersion: string }
}

const firstLine = (output: Readable): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ''
    output.on('data', (more) => {
      text += more
      if (text.includes('\n')) resolve(text)
    })
    output.once('close', () => reject(new Error('Xvfb ended as soon as it was started.')))
  })

/** Tabs of one session. WebDriver speaks to one at a time, so each word waits for the one before. */
const openTabs = async (call: Call): Promise<Pick<RunningBrowser, 'open' | 'forget'>> => {
  // Without a tab there is no session.
  const first = await call<string>('GET', '/window')
  let current = first
  let last: Promise<unknown> = Promise.resolve()

  const inTab = <Value>(handle: string, run: () => Promise<Value>): Promise<Value> => {
    const mine = last.then(async () => {
      if (current !== handle) await call('POST', '/window', { handle })
      current = handle
      return await run()
    })
    last = mine.catch(() => undefined)
    return mine
  }

  const tabOf = (handle: string): Tab => {
    const inMine = <Value>(run: () => Promise<Value>): Promise<Value> => inTab(handle, run)
    const evaluate = <Value>(expression: string): Promise<Value> =>
      inMine(() => call<Value>('POST', '/execute/sync', { script: `return (${expression})`, args: [] }))
    const act = (source: object): Promise<void> => inMine(() => call('POST', '/actions', { actions: [source] }))
    return {
      evaluate,
      goto: (url) => inMine(() => call('POST', '/url', { url })),
      click: async (element) => {
        const at = await evaluate<Point>(middleOf(element))
        const actions = [
          { type: 'pointerMove', ...at, duration: 0, origin: 'viewport' },
          { type: 'pointerDown', button: 0 },
          { type: 'pointerUp', button: 0 },
        ]
        await act({ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions })
      },
      press: (key) => {
        const value = KEYS[key]
        const actions = [
          { type: 'keyDown', value },
          { type: 'keyUp', value },
        ]
        return act({ type: 'key', id: 'keyboard', actions })
      },
      back: () => inMine(() => call('POST', '/back', {})),
      picture: async () =>
        Uint8Array.from(Buffer.from(await inMine(() => call<string>('GET', '/screenshot')), 'base64')),
      close: () => inMine(() => call('DELETE', '/window')),
    }
  }

  return {
    open: async (url) => {
      const { handle } = await inTab(first, () => call<{ handle: string }>('POST', '/window/new', { type: 'window' }))
      const tab = tabOf(handle)
      await tab.goto(url)
      return tab
    },
    forget: async () => {
      const handles = await inTab(first, () => call<string[]>('GET', '/window/handles'))
      for (const handle of handles.filter((handle) => handle !== first)) {
        await inTab(handle, () => call('DELETE', '/cookie'))
        await inTab(handle, () => call('DELETE', '/window'))
      }
    },
  }
}
