// Opens the built site in Chromium, wide and on a phone, light and dark.
import { mkdirSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright'
import { findChromium } from '../test/support/chromium.mjs'
import { breakIt, tryDemo } from './check-demo.mjs'
import { serveSite } from './serve.mjs'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const SCREENS = '.demo/site'
const SIZES = { wide: { width: 1280, height: 860 }, phone: { width: 360, height: 740 } }
const SCHEMES = ['light', 'dark']
// A busy machine may be slow. What takes this long does not come.
const PATIENCE_MS = 60_000

/**
 * Tries the site, and prints a line for each thing that is wrong and one that counts.
 * @returns {Promise<0 | 1>} the exit code.
 */
export const checkSite = async ({ dist, base, screens }) => {
  const site = await serveSite({ dist, base })
  const { executablePath, args } = await findChromium()
  const browser = await chromium.launch({ executablePath, args })
  const count = { passed: 0, failed: 0 }

  const attempt = async (what, run) => {
    try {
      await run()
      count.passed += 1
      console.log(` ✓ ${what}`)
    } catch (cause) {
      count.failed += 1
      console.log(` ✗ ${what}: ${cause.message}`)
    }
  }

  try {
    for (const [size, viewport] of Object.entries(SIZES))
      for (const colorScheme of SCHEMES) {
        const context = await browser.newContext({ viewport, colorScheme })
        context.setDefaultTimeout(PATIENCE_MS)
        const open = (path) => openPage(context, site.url, path)
        for (const path of ['index.html', 'demo.html', 'errors.html', 'reference.html'])
          await attempt(`${path} is right, ${size} and ${colorScheme}`, async () => {
            const { page, end } = await open(path)
            if (screens) await shoot(page, `${path.replace('.html', '')}-${size}-${colorScheme}`)
            await insistOnFit(page)
            await insistOnAxe(page)
            end()
          })
        if (screens) {
          const { page } = await open('demo.html')
          await breakIt(page)
          await shoot(page, `demo-broken-${size}-${colorScheme}`, { fullPage: true })
        }
        await context.close()
      }
    const context = await browser.newContext({ viewport: SIZES.wide })
    context.setDefaultTimeout(PATIENCE_MS)
    for (const path of readdirSync(dist).filter((name) => name.endsWith('.html') && name !== '404.html'))
      await attempt(`${path} opens without an error, and asks no other host`, async () => {
        const { page, end } = await openPage(context, site.url, path)
        end()
        await page.close()
      })
    for (const [what, run] of tryDemo)
      await attempt(`demo: ${what}`, async () => {
        const { page, end } = await openPage(context, site.url, 'demo.html')
        await run(page)
        end()
        await page.close()
      })
    await attempt('the search finds a word of the documents', async () => {
      const { page, end } = await openPage(context, site.url, 'index.html')
      await page.getByRole('button', { name: 'Search' }).click()
      await page.getByRole('searchbox').fill('session-over')
      await page.getByRole('option', { name: 'session-over' }).first().waitFor()
      if (screens) await shoot(page, 'search')
      end()
    })
  } finally {
    await browser.close()
    site.close()
  }
  console.log(`${count.passed} passed, ${count.failed} failed`)
  return count.failed === 0 ? 0 : 1
}

/** Opens a page of the site. `end` throws where it logged an error or asked another host. */
const openPage = async (context, url, path) => {
  const wrong = []
  const page = await context.newPage()
  page.on('pageerror', (error) => wrong.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()))
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) wrong.push(`asked ${request.url()}`)
  })
  await page.goto(url + path, { waitUntil: 'networkidle' })
  if (path === 'demo.html') await page.locator('[data-part="tab"] [data-name="live"]').waitFor()
  const end = () => {
    if (wrong.length > 0) throw new Error(wrong.join('; '))
  }
  return { page, end }
}

/** On a phone nothing but code and tables may be wider than the page, and those scroll by themselves. */
const insistOnFit = async (page) => {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  if (overflow > 0) throw new Error(`it is ${overflow} px wider than the window`)
}

const insistOnAxe = async (page) => {
  await page.addScriptTag({ path: AXE })
  const violations = await page.evaluate(async () => {
    const { violations } = await window.axe.run(document)
    return violations.map(({ id, nodes }) => `${id} (${nodes.map(({ target }) => target.join(' ')).slice(0, 3)})`)
  })
  if (violations.length > 0) throw new Error(violations.join('; '))
}

const shoot = async (page, name, options) => {
  mkdirSync(SCREENS, { recursive: true })
  await page.screenshot({ ...options, path: `${SCREENS}/${name}.png` })
}
