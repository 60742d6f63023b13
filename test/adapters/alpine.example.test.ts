import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { bundleApp, holdAppPages } from '../support/app-page'

const { held } = holdAppPages()
const examples = new URL('../../examples/', import.meta.url).pathname

/** The example as it stands, under the demo's CSP. */
const openExample = async (): Promise<Page> => {
  const { folder, url } = held.server
  writeFileSync(join(folder, 'alpine.js'), await bundleApp(readFileSync(join(examples, 'alpine/alpine.ts'), 'utf8')))
  copyFileSync(join(examples, 'alpine/alpine.html'), join(folder, 'index.html'))
  for (const name of ['storefront.css', 'icon.svg'])
    copyFileSync(join(examples, 'storefront/pages', name), join(folder, name))
  const page = await held.chromium.open(url)
  await page.locator('#state[data-name="live"]').waitFor()
  return page
}

describe('the Alpine example', () => {
  it('shows total, news and connection, each change once, and can be dismissed', async () => {
    const page = await openExample()
    const textOf = (id: string) => page.locator(`#${id}`).innerText()
    await expect.poll(() => textOf('total')).toBe('RM108.00')
    expect(await textOf('state')).toBe('live: subscribed')
    expect(await textOf('message')).toBe('')

    held.server.shop.removeFromAll('raya-sale')
    await page.getByRole('status').getByText('Your cart was updated').waitFor()
    expect(await textOf('total')).toBe('RM120.00')
    expect(await textOf('heard')).toBe('1')

    await page.getByRole('button', { name: 'Dismiss' }).click()
    await expect.poll(() => textOf('message')).toBe('')
    expect(held.chromium.complaints).toEqual([])
  })

  it('reads its cart anew when changes follow that nobody told it of', async () => {
    const page = await openExample()
    held.server.faults.start({ kind: 'drop', customer: 1 })
    held.server.shop.removeFromAll('raya-sale')
    held.server.shop.applyToAll('raya-sale')
    await expect.poll(() => page.locator('#heard').innerText()).toBe('2')
    await expect.poll(() => page.locator('#total').innerText()).toBe('RM108.00')
    const carts = () => Object.values(held.server.seen().carts).reduce((sum, count) => sum + count, 0)
    await expect.poll(carts, { timeout: 10_000 }).toBe(2)
    expect(held.chromium.complaints).toEqual([])
  })
})
