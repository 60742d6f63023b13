import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ADAPTER_SCENARIOS } from './adapters'
import { BACK_SCENARIOS } from './back'
import type { BrowserName, RunningBrowser, Tab } from './driver'
import { NOTICE_SCENARIOS } from './notice'
import { OUTAGE_SCENARIOS } from './outages'
import { type Puppeteer, startByPuppeteer } from './puppeteer'
import { ALL_NOTES, type Given, type Scenario } from './scenario'
import { TAB_SCENARIOS } from './tabs'
import { TAG_SCENARIOS } from './tag'
import { WAYS } from './ways'
import { findMiniBrowser, startWebKit } from './webkit'

/** Where things lie, and how much is tried. */
export interface BrowsersOptions {
  /** puppeteer-core; null: it could not be installed. */
  readonly puppeteer: Puppeteer | null
  /** Where a full Chromium is. */
  readonly chromium: string | undefined
  /** Where the build lies. */
  readonly dist: string
  /** Names of browsers, and words of names of scenarios. None: all. */
  readonly words: readonly string[]
  /** Where pictures are kept. Undefined: nowhere. */
  readonly pictures: string | undefined
}

/** What came of it. */
export interface BrowsersOutcome {
  readonly tried: number
  readonly failed: number
}

/** A browser that may be here. */
interface Candidate {
  readonly name: BrowserName
  /** How to get what it lacks; null: it is here. */
  readonly lack: string | null
  readonly start: () => Promise<RunningBrowser>
}

/** What takes this long does not come. */
const SCENARIO_WITHIN_MS = 90_000
const FIREFOX = ['/usr/bin/firefox-esr', '/usr/bin/firefox']

const SCENARIOS: readonly Scenario[] = [
  ...TAG_SCENARIOS,
  ...NOTICE_SCENARIOS,
  ...TAB_SCENARIOS,
  ...BACK_SCENARIOS,
  ...OUTAGE_SCENARIOS,
  ...ADAPTER_SCENARIOS,
]

/**
 * Runs every scenario in every browser that is here. Prints what came of each, and what did not run and how to get it. The last line counts them. Leaves no
 * process.
 */
export const runBrowsers = async (options: BrowsersOptions): Promise<BrowsersOutcome> => {
  const { dist, words, pictures } = options
  const all = candidates(options)
  const names = words.filter((word) => all.some(({ name }) => name === word))
  const parts = words.filter((word) => !names.includes(word))
  const scenarios = SCENARIOS.filter(({ name }) => parts.every((part) => name.includes(part)))
  const wanted = all.filter(({ name }) => names.length === 0 || names.includes(name))
  const here = wanted.filter(({ lack }) => lack === null)
  const count = { passed: 0, failed: 0 }
  const runIn = async ({ name, start }: Candidate): Promise<void> => {
    const browser = await start()
    console.log(`── ${name} ${browser.version}`)
    const startedMs = Date.now()
    for (const scenario of scenarios) {
      const sinceMs = Date.now()
      const trouble = await tried(scenario, browser, { ways: WAYS[name], dist, picture: keeper(pictures, name) })
      count[trouble === null ? 'passed' : 'failed'] += 1
      console.log(` ${trouble === null ? '✓' : '✗'} ${name}: ${scenario.name} (${inSeconds(sinceMs)})`)
      if (trouble !== null) console.log(`   ${trouble}`)
    }
    await browser.close()
    console.log(`── ${name} ${browser.version}: ${inSeconds(startedMs)}`)
  }
  // Side by side, for each of them mostly waits.
  await Promise.all(here.map(runIn))
  for (const { name, lack } of wanted) if (lack !== null) console.log(`Did not run: ${name} (${lack})`)
  console.log(`${count.passed} passed, ${count.failed} failed`)
  return { tried: here.length, failed: count.failed }
}

const candidates = ({ puppeteer, chromium }: BrowsersOptions): readonly Candidate[] => {
  const byPuppeteer = (name: 'Chromium' | 'Firefox', path: string | undefined, how: string): Candidate => ({
    name,
    lack: puppeteer === null ? 'puppeteer-core could not be installed: npm ci in test/browsers' : path ? null : how,
    start: () => startByPuppeteer(puppeteer as Puppeteer, name, path as string),
  })
  const miniBrowser = findMiniBrowser()
  const isWebKitHere = miniBrowser !== null && isCommand('WebKitWebDriver') && isCommand('Xvfb')
  return [
    byPuppeteer('Chromium', chromium, 'apt-get install chromium'),
    byPuppeteer('Firefox', FIREFOX.find(existsSync), 'apt-get install firefox-esr'),
    {
      name: 'WebKit',
      lack: isWebKitHere ? null : 'apt-get install webkit2gtk-driver xvfb',
      start: () => startWebKit(miniBrowser as string),
    },
  ]
}

const isCommand = (name: string): boolean => {
  try {
    execFileSync('which', [name], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** One scenario, within its time; afterwards the browser is as it was. Gives what went wrong, and what the pages had noted by then. */
const tried = async (
  { run }: Scenario,
  browser: RunningBrowser,
  given: Omit<Given, 'afterwards' | 'browser'>,
): Promise<string | null> => {
  const endings: (() => unknown)[] = []
  const tabs: Tab[] = []
  const open = async (url: string): Promise<Tab> => {
    const tab = await browser.open(url)
    tabs.push(tab)
    return tab
  }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took longer than ${SCENARIO_WITHIN_MS} ms.`)), SCENARIO_WITHIN_MS)
  })
  const afterwards: Given['afterwards'] = (ending) => endings.push(ending)
  try {
    await Promise.race([run({ ...given, browser: { name: browser.name, open }, afterwards }), late])
    return null
  } catch (error) {
    const notes = await Promise.all(tabs.map((tab) => tab.evaluate(ALL_NOTES).catch(() => 'closed')))
    return [error, ...notes.map((note) => JSON.stringify(note))].join('\n   ')
  } finally {
    clearTimeout(timer)
    await browser.forget()
    for (const ending of endings.reverse()) await ending()
  }
}

const inSeconds = (sinceMs: number): string => `${((Date.now() - sinceMs) / 1_000).toFixed(1)} s`

const keeper =
  (folder: string | undefined, name: BrowserName): Given['picture'] =>
  async (tab, what) => {
    if (folder === undefined) return
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${what}-${name.toLowerCase()}.png`), await tab.picture())
  }
