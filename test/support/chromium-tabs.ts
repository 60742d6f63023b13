import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { findChromium, NEEDLESS_FEATURES } from './chromium.mjs'
import { connectDevTools, type DevTools, type DevToolsEvent } from './devtools'
import { until } from './until'

/** A page that Chromium made ready before anybody went there. */
export interface PrerenderedPage {
  /** As on a tab, in the page that nobody sees yet. */
  evaluate<T>(expression: string, withinMs?: number): Promise<T>
  /** Goes there from the page that asked for it. From then on the tab is this page, and it is visible. */
  activate(): Promise<void>
}

/** A tab of a Chromium that is driven without Playwright, whose pages think that they are always in front. */
export interface ChromiumTab {
  /** The expression's value, awaited and by value; rejects when it throws or after 60 s. */
  evaluate<T>(expression: string, withinMs?: number): Promise<T>
  /** Loads another page, also after a crash. */
  goto(url: string): Promise<void>
  /** Puts another tab in front. */
  hide(): Promise<void>
  /** Puts this tab in front; a frozen page resumes. */
  show(): Promise<void>
  /** Hides and freezes the page; resolves when it heard `freeze`. Timers stop, but `evaluate` still works. */
  freeze(): Promise<void>
  /** Ends the freeze; the page stays hidden. Resolves when it heard `resume`. */
  resume(): Promise<void>
  /** Has Chromium prerender a page of the same origin by speculation rules; resolves when it is loaded. */
  prerender(url: string): Promise<PrerenderedPage>
  /** Kills the page's process. Pages of one site that opened each other share one. */
  crash(): Promise<void>
  /** Closes the tab. */
  close(): Promise<void>
  /** Any command of the DevTools protocol, to the page. */
  send<T = Record<string, unknown>>(method: string, params?: object): Promise<T>
}

/** A Chromium with real tabs: one is in front, the others are hidden. */
export interface ChromiumTabs {
  /**
   * Opens a tab in front, which hides the one that was there, and loads the page. `bypassCsp` lets pages which forbid
   * inline scripts prerender others; it goes for the pages that the tab loads, not for those that it prerenders.
   */
  open(url: string, options?: { bypassCsp?: boolean }): Promise<ChromiumTab>
  /** Ends Chromium and removes its profile. */
  close(): Promise<void>
}

/** A page as DevTools see it: a tab has one, and another one while it prerenders. */
interface PageSession {
  readonly sessionId: string
  readonly targetId: string
  prerendered: boolean
  crashed: boolean
  readonly loaders: Set<string>
  readonly prerenders: Map<string, string>
}

/** A machine may be busy. What has not begun by then does not begin; what has not ended, a little sooner, is killed. */
const START_WITHIN_MS = 60_000
const END_WITHIN_MS = 20_000

/** Nobody speaks on the pipe: Chromium ends when it breaks, so that it cannot outlive a test that is killed. */
const HEADLESS = ['--headless', '--no-startup-window', '--remote-debugging-port=0', '--remote-debugging-pipe']

const ASKING_GOOGLE = [
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  'MediaRouter',
]

const QUIET = [
  '--no-first-run',
  '--no-default-browser-check',
  '--mute-audio',
  '--password-store=basic',
  '--disable-breakpad',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-sync',
  '--disable-field-trial-config',
  `--disable-features=${[...ASKING_GOOGLE, ...NEEDLESS_FEATURES].join()}`,
]

/** A full Chromium that runs. */
export interface RunningChromium {
  /** Where its DevTools listen. */
  readonly address: string
  readonly devTools: DevTools
  /** Ends it and removes its profile. */
  close(): Promise<void>
}

/** Starts a full Chromium with a fresh profile. `args` are added to its command line. */
export const startChromium = async (args: readonly string[] = []): Promise<RunningChromium> => {
  const found = await findChromium()
  const profile = await mkdtemp(join(tmpdir(), 'cart-echo-chromium-'))
  const own = [...HEADLESS, `--user-data-dir=${profile}`, ...found.args, ...QUIET]
  const chromium = spawn(found.executablePath, [...own, ...args], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  })
  for (const pipe of chromium.stdio) (pipe as Readable | null)?.resume()
  // Its other processes hold its stderr, too. One that is still starting would make the profile's folder anew.
  let hasEnded = false
  once(chromium, 'close')
    .catch(() => {})
    .finally(() => {
      hasEnded = true
    })

  // Chromium leads a process group of its own.
  const kill = (): void => {
    try {
      if (chromium.pid && !hasEnded) process.kill(-chromium.pid, 'SIGKILL')
    } catch {
      // The group has ended, and only what left it holds the pipes.
    }
  }

  const end = async (): Promise<void> => {
    await until('Chromium has ended', () => hasEnded, END_WITHIN_MS).catch(kill)
    await until('Chromium is killed', () => hasEnded).catch(() => {})
    await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }

  try {
    const address = await addressOf(chromium)
    const devTools = await connectDevTools(address)
    return {
      address,
      devTools,
      close: async () => {
        await devTools.send('Browser.close').catch(kill)
        await end()
        devTools.close()
      },
    }
  } catch (error) {
    kill()
    await end()
    throw error
  }
}

/** Starts a full Chromium of its own, with one window. `args` are added to its command line. */
export const openTabs = async (args: readonly string[] = []): Promise<ChromiumTabs> => {
  const { devTools, close } = await startChromium(args)
  try {
    return { open: await windowIn(devTools), close }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Opens a window of a shopper's own in a Chromium that runs. What is done in another one neither hides its tabs nor puts
 * them in front. `close` closes them.
 */
export const openWindow = async (address: string): Promise<ChromiumTabs> => {
  const devTools = await connectDevTools(address)
  const { browserContextId } = await devTools.send<{ browserContextId: string }>('Target.createBrowserContext')
  return {
    open: await windowIn(devTools, { browserContextId, newWindow: true }),
    close: async () => {
      await devTools.send('Target.disposeBrowserContext', { browserContextId })
      devTools.close()
    },
  }
}

const windowIn = async (
  devTools: DevTools,
  { browserContextId, newWindow }: { browserContextId?: string; newWindow?: true } = {},
): Promise<ChromiumTabs['open']> => {
  const { targetId } = await devTools.send<{ targetId: string }>('Target.createTarget', {
    url: 'about:blank',
    browserContextId,
    newWindow,
  })
  return (url, options) => openTab({ devTools, browserContextId, coverId: targetId }, url, options)
}

const addressOf = (chromium: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ''
    const fail = () => reject(new Error(`Chromium did not start.\n${said}`))
    const timer = setTimeout(fail, START_WITHIN_MS)
    chromium.once('exit', fail).once('error', fail)
    chromium.stderr?.on('data', (words) => {
      if (said.length < 10_000) said += words
      const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
      if (!address) return
      clearTimeout(timer)
      resolve(address)
    })
  })

interface Window {
  readonly devTools: DevTools
  readonly browserContextId: string | undefined
  /** The tab that is in front where none of ours is. */
  readonly coverId: string
}

const openTab = async (
  { devTools, browserContextId, coverId }: Window,
  url: string,
  { bypassCsp = false } = {},
): Promise<ChromiumTab> => {
  // Chromium prerenders for DevTools only when they hold the tab and not just its page.
  const { targetId } = await devTools.send<{ targetId: string }>('Target.createTarget', {
    url: 'about:blank',
    browserContextId,
    forTab: true,
  })
  const { sessionId } = await devTools.send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })
  const pages = new Map<string, PageSession>()
  const hearNoMore = devTools.hear((event) => {
    if (event.sessionId === sessionId) followTab(pages, event)
    else followPage(pages.get(event.sessionId ?? ''), event)
  })
  await devTools.send(
    'Target.setAutoAttach',
    { autoAttach: true, waitForDebuggerOnStart: false, flatten: true },
    sessionId,
  )

  const shown = () => [...pages.values()].find((page) => !page.prerendered)

  const current = (): PageSession => {
    const page = shown()
    if (!page) throw new Error('The tab is closed.')
    return page
  }

  const send: ChromiumTab['send'] = async (method, params) => devTools.send(method, params, current().sessionId)

  const evaluate = async <T>(expression: string, withinMs?: number): Promise<T> =>
    evaluateIn(devTools, current(), expression, withinMs)

  const isVisibly = (state: string) => evaluate(settled('visibilitychange', `document.visibilityState === '${state}'`))

  const putInFront = (id: string) => devTools.send('Target.activateTarget', { targetId: id })

  const setLifecycle = async (state: 'frozen' | 'active', event: 'freeze' | 'resume'): Promise<void> => {
    await evaluate(
      `void (window.lifecycleHeard = new Promise((resolve) =>
        document.addEventListener('${event}', () => resolve(true), { once: true })))`,
    )
    await send('Page.setWebLifecycleState', { state })
    await evaluate('window.lifecycleHeard')
  }

  const watch = async ({ sessionId }: PageSession): Promise<void> => {
    await devTools.send('Page.enable', {}, sessionId)
    await devTools.send('Page.setLifecycleEventsEnabled', { enabled: true }, sessionId)
    await devTools.send('Inspector.enable', {}, sessionId)
  }

  const tab: ChromiumTab = {
    evaluate,
    send,
    goto: async (address) => {
      const page = current()
      const answer = await send<{ loaderId?: string; errorText?: string }>('Page.navigate', { url: address })
      if (answer.errorText) throw new Error(`${address}: ${answer.errorText}`)
      const { loaderId } = answer
      if (loaderId) await until(`${address} is loaded`, () => page.loaders.has(loaderId))
      page.crashed = false
    },
    hide: async () => {
      await putInFront(coverId)
      await isVisibly('hidden')
    },
    show: async () => {
      await putInFront(current().targetId)
      await isVisibly('visible')
    },
    freeze: async () => {
      await tab.hide()
      await setLifecycle('frozen', 'freeze')
    },
    resume: () => setLifecycle('active', 'resume'),
    prerender: async (target) => {
      const from = current()
      await send('Preload.enable')
      const address = await evaluate<string>(`new URL(${JSON.stringify(target)}, location.href).href`)
      await evaluate(speculationOn(address))
      const status = () => from.prerenders.get(address) ?? 'unheard of'
      await until(`${address} is prerendered`, () => !/^(unheard|Pending|Running)/.test(status()))
      const page = [...pages.values()].find(({ prerendered }) => prerendered)
      if (!page) throw new Error(`Chromium did not prerender ${address}: ${status()}`)
      await watch(page)
      const isLoaded = settled('readystatechange', "document.readyState === 'complete'")
      await evaluateIn(devTools, page, isLoaded)
      return {
        evaluate: (expression, withinMs) => evaluateIn(devTools, page, expression, withinMs),
        activate: async () => {
          // The answer may be lost with the page.
          evaluate(`void (location.href = ${JSON.stringify(address)})`).catch(() => {})
          const isDecided = () => shown() === page || !pages.has(page.sessionId)
          await until(`${address} is activated`, isDecided)
          if (shown() !== page) throw new Error(`Chromium threw ${address} away: ${status()}`)
          await evaluate(settled('prerenderingchange', '!document.prerendering'))
          await isVisibly('visible')
        },
      }
    },
    crash: async () => {
      const page = current()
      // Nobody is left to answer.
      send('Page.crash').catch(() => {})
      await until('the page has crashed', () => page.crashed)
    },
    close: async () => {
      await devTools.send('Target.closeTarget', { targetId })
      await until('the tab is closed', () => pages.size === 0)
      hearNoMore()
    },
  }

  await until('the tab has a page', () => shown() !== undefined)
  await watch(current())
  if (bypassCsp) await send('Page.setBypassCSP', { enabled: true })
  await tab.goto(url)
  await tab.show()
  return tab
}

const followTab = (pages: Map<string, PageSession>, { method, params }: DevToolsEvent): void => {
  const { sessionId, targetInfo } = params as {
    sessionId: string
    targetInfo?: { type: string; targetId: string; subtype?: string }
  }
  if (method === 'Target.detachedFromTarget') pages.delete(sessionId)
  if (targetInfo?.type !== 'page') return
  const { targetId, subtype } = targetInfo
  const prerendered = subtype === 'prerender'
  if (method === 'Target.attachedToTarget') {
    pages.set(sessionId, {
      sessionId,
      targetId,
      prerendered,
      crashed: false,
      loaders: new Set(),
      prerenders: new Map(),
    })
  }
  if (method === 'Target.targetInfoChanged') {
    for (const page of pages.values()) if (page.targetId === targetId) page.prerendered = prerendered
  }
}

const followPage = (page: PageSession | undefined, { method, params }: DevToolsEvent): void => {
  if (method === 'Inspector.targetCrashed' && page) page.crashed = true
  if (method === 'Page.lifecycleEvent' && params.name === 'load') page?.loaders.add(String(params.loaderId))
  if (method === 'Preload.prerenderStatusUpdated') {
    const { key, status, prerenderStatus } = params as {
      key: { url: string }
      status: string
      prerenderStatus?: string
    }
    page?.prerenders.set(key.url, [status, prerenderStatus].filter(Boolean).join(', '))
  }
}

const evaluateIn = async <T>(
  devTools: DevTools,
  { sessionId }: PageSession,
  expression: string,
  withinMs?: number,
): Promise<T> => {
  const { result, exceptionDetails } = await devTools.send<{
    result: { value: T }
    exceptionDetails?: { text: string; exception?: { description?: string; value?: unknown } }
  }>('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId, withinMs)
  if (!exceptionDetails) return result.value
  const { text, exception } = exceptionDetails
  throw new Error(exception?.description ?? `${text} ${exception?.value ?? ''}`)
}

/** A promise, as an expression: the condition holds, and the page's own listeners of the event were called. */
const settled = (event: string, condition: string): string => `new Promise((resolve) => {
  const look = () => {
    if (!(${condition})) return
    document.removeEventListener('${event}', look)
    resolve(true)
  }
  document.addEventListener('${event}', look)
  look()
})`

const speculationOn = (address: string): string => {
  const rules = JSON.stringify({ prerender: [{ source: 'list', urls: [address], eagerness: 'immediate' }] })
  return `new Promise((resolve, reject) => {
    const script = document.createElement('script')
    script.type = 'speculationrules'
    script.textContent = ${JSON.stringify(rules)}
    const refuse = () => reject(new Error('The policy of this page forbids speculation rules: open it with bypassCsp.'))
    document.addEventListener('securitypolicyviolation', refuse, { once: true })
    document.head.append(script)
    setTimeout(() => {
      document.removeEventListener('securitypolicyviolation', refuse)
      resolve(true)
    }, 100)
  })`
}
