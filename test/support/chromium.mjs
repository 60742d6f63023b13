import { existsSync } from 'node:fs'

/**
 * How to launch a Chromium here: CHROMIUM_PATH, Playwright's own, the system's, else the headless shell that comes with
 * the npm package @sparticuz/chromium, so that a fresh clone needs nothing more.
 * @returns {Promise<{ executablePath: string, args: string[], full: boolean }>} `full` is false for the headless shell,
 * which has no back/forward cache and does not freeze.
 */
export const findChromium = async () => {
  const { chromium } = await import('playwright')
  const installed = [process.env.CHROMIUM_PATH, chromium.executablePath(), '/usr/bin/chromium']
  const path = installed.find((candidate) => candidate && existsSync(candidate))
  const quiet = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update']
  if (path) return { executablePath: path, args: quiet, full: true }
  const { default: shell } = await import('@sparticuz/chromium')
  return { executablePath: await shell.executablePath(), args: [...quiet, '--headless=shell'], full: false }
}
