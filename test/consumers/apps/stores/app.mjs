import { filesOf } from '../../support/documents.mjs'
import { hearsEachChangeOnce, same, until } from '../../support/shopper.mjs'

const pageOf = (script, block = '') => `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Cart</title>
    <script type="module" src="${script}"></script>
  </head>
  <body>
    <output id="cart-total"></output>
    ${block}
  </body>
</html>
`

// What a dev page shows beside what the documents have it do.
const SHOW = `
document.addEventListener('cart-conditions-changed', ({ detail }) => {
  document.querySelector('#cart-total').textContent = detail.changes.new_total
})
`

/** A module that is replaced leaves no listener and no notice, and what was dismissed stays so. */
const isReplaced = async ({ open, server, origin, put }) => {
  const { page, complaints, subscribedBefore, close } = await open(`${origin}/hot/index.html`)
  const code = filesOf('stores')['hot/cart.js']
  const replace = async (version) => {
    put('hot/cart.js', `${code}\nwindow.version = ${version}\n`)
    await page.waitForFunction((wanted) => window.version === wanted, version)
  }
  const notice = page.locator('cart-echo-notice')
  const dismiss = async () => {
    await notice.getByRole('button').click()
    await notice.waitFor({ state: 'hidden' })
  }
  await until(
    'No subscription',
    async () => (await server.seen()).subscriptions,
    (count) => count > subscribedBefore,
  )
  // Each listener writes the total once for each change.
  await page.evaluate(() => {
    window.written = 0
    new MutationObserver((records) => {
      window.written += records.length
    }).observe(document.querySelector('#cart-total'), { childList: true })
  })
  const written = () => page.evaluate(() => window.written)

  await server.shop.removeFromAll('raya-sale')
  await notice.getByText('RM120.00').waitFor()
  await dismiss()
  await replace(2)
  await page.waitForFunction(() => !document.querySelector('cart-echo-notice'))
  await server.shop.applyToAll('raya-sale')
  await notice.getByText('RM108.00').waitFor()
  same('Notices', await notice.count(), 1)
  await until('How often the total was written', written, (count) => count > 1)
  // Not dismissed: the notice of the new module has it, too, and one dismissal is enough.
  await replace(3)
  await notice.getByText('RM108.00').waitFor()
  same('Notices of the new module', await notice.count(), 1)
  await dismiss()
  await server.shop.removeFromAll('raya-sale')
  await notice.getByText('RM120.00').waitFor()
  await dismiss()
  await server.shop.applyToAll('raya-sale')
  await notice.getByText('RM108.00').waitFor()
  same('How often the total was written', await written(), 4)
  await dismiss()
  // At a save that does not parse Vite disposes of the module, and has none to put in its place.
  put('hot/cart.js', `${code}\nconst = 5\n`)
  await until(
    'What Vite says of it',
    async () => complaints.length,
    (count) => count > 0,
  )
  await server.shop.removeFromAll('raya-sale')
  await notice.getByText('RM120.00').waitFor()
  same('How often the total was written after a broken save', await written(), 5)
  await dismiss()
  // And one that parses, and throws once it has begun something: its listener must not stay beside those of the next.
  for (const name of ['missing', 'lost']) {
    complaints.length = 0
    put('hot/cart.js', code.replace('showNotices(cart)', `showNotices(${name})`))
    await until(
      'What is thrown',
      async () => complaints.some((words) => `${words}`.includes(name)),
      (isSaid) => isSaid,
    )
  }
  complaints.length = 0
  await replace(4)
  const before = await written()
  await server.shop.applyToAll('raya-sale')
  await notice.getByText('RM108.00').waitFor()
  same('How often the total was written after saves that threw', (await written()) - before, 1)
  await until('Sockets', server.sockets, (count) => count === 1)
  same('The console', complaints, [])
  await close()
}

export default {
  build: [['node_modules/vite/bin/vite.js', 'build']],
  types: [['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']],
  pages: 'dist',
  // Each of the four shows both changes.
  story: async ({ page, server, ...opened }) => {
    await hearsEachChangeOnce({ page, server, ...opened })
    const textOf = (selector) => page.locator(selector).textContent()
    same('The web component', await textOf('cart-total'), 'RM108.00')
    const [{ payload }] = server.shop.state().log
    same('Solid', await textOf('#solid'), `true: ${payload.message}`)
    same('RxJS', await textOf('#rxjs'), payload.message)
    same('Vue', await textOf('#vue'), 'live: 2 new')
  },
  develop: {
    words: (port) => ['node_modules/vite/bin/vite.js', '--host', '127.0.0.1', '--port', String(port), '--strictPort'],
    paths: ['/dev/proxied.html', '/dev/cross-origin.html'],
    files: async (server) => {
      const settings = { ...server.settings('VITE_'), VITE_SHOP_URL: server.url }
      const block = JSON.stringify((await server.session()).page)
      const documented = filesOf('stores')
      return {
        '.env': Object.entries(settings)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
        'dev/proxied.html': pageOf('/dev/proxied.js'),
        'dev/proxied.js': documented['dev/proxied.js'] + SHOW,
        'dev/cross-origin.html': pageOf('/dev/cross-origin.js'),
        'dev/cross-origin.js': documented['dev/cross-origin.js'] + SHOW,
        'hot/index.html': pageOf('/hot/cart.js', `<script type="application/json" data-cart-echo>${block}</script>`),
      }
    },
    more: isReplaced,
  },
}
