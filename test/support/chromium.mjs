import { existsSync } from 'node:fs'

/**
 * What drops down from the address bar is a page itself, made for every window, and costs more than most of ours. Of the
 * lists on a command line only the last one counts: who has one adds these to it.
 */
export const NEEDLESS_FEATURES = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup']

/** What Playwright turns off, because our list takes the place of its own. */
const PLAYWRIGHT_TURNS_OFF = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
]

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  `--disable-features=${[...PLAYWRIGHT_TURNS_OFF, ...NEEDLESS_FEATURES].join()}`,
]

/**
 * How to launch a Chromium here: CHROMIUM_PATH, Playwright's own, the system's, else the headless shell that comes with
 * the npm package @sparticuz/chromium, so that a fresh clone needs nothing more.
 * @returns {Promise<{ executablePath: string, args: string[], full: boolean }>} `full` is false for the headless shell,
 * which has no back/forward cache and does not freeze.
 */
export const findChromium = async () => {
  const { chromium } = await import('playwright')
  const { CHROMIUM_PATH } = process.env
  if (CHROMIUM_PATH && !existsSync(CHROMIUM_PATH)) throw new Error(`CHROMIUM_PATH: there is no ${CHROMIUM_PATH}.`)
  const installed = [CHROMIUM_PATH, chromium.executablePath(), '/usr/bin/chromium']
  const path = installed.find((candidate) => candidate && existsSync(candidate))
  return path ? { executablePath: path, args: QUIET, full: true } : findShell()
}

/**
 * How to launch the one whose pages cost least: the headless shell, where its package has one for this machine. Elsewhere, and with
 * CHROMIUM_PATH, the same as `findChromium`.
 * @returns {ReturnType<typeof findChromium>}
 */
export const findSmallChromium = () =>
  process.platform === 'linux' && process.arch === 'x64' && !process.env.CHROMIUM_PATH ? findShell() : findChromium()

const findShell = async () => {
  const { default: shell } = await import('@sparticuz/chromium')
  return { executablePath: await shell.executablePath(), args: [...QUIET, '--headless=shell'], full: false }
}
