import { snippet } from '../../support/documents.mjs'
import { freePort } from '../../support/serve.mjs'
import { heardBy, hearsEachChangeOnce, same, until } from '../../support/shopper.mjs'

export default {
  files: () => ({ 'src/scripts/html.js': snippet('html') }),
  build: [['node_modules/astro/astro.js', 'build']],
  program: async ({ url: shop }) => {
    const port = await freePort()
    return {
      words: ['front.js'],
      url: `http://127.0.0.1:${port}/`,
      env: { SHOP_URL: shop, PORT: String(port), ASTRO_NODE_AUTOSTART: 'disabled' },
    }
  },
  // The client outlives a visit, by one socket, and goes on hearing each change once.
  story: async ({ page, server, ...opened }) => {
    await hearsEachChangeOnce({ page, server, ...opened })
    await page.evaluate(() => {
      window.isSameDocument = true
    })
    await page.locator('a').click()
    await page.waitForURL('**/other')
    server.shop.removeFromAll('raya-sale')
    await page.getByText('RM120.00').first().waitFor()
    await page.goBack()
    await page.getByText('RM120.00').first().waitFor()
    await until(
      'The changes that were heard',
      () => heardBy(page),
      ({ length }) => length > 2,
    )
    same('What was heard', await heardBy(page), ['RM120.00', 'RM108.00', 'RM120.00'])
    same('The document is the same', await page.evaluate(() => window.isSameDocument), true)
    same('Sockets', server.seen().upgrades, 1)
    same('The console', opened.complaints, [])
  },
}
