// The shop's own server, as far as Inertia can tell: pages, whole and partial, with the rest passed on.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { isShops, passOn } from './pass-on.js'

const shop = process.env.SHOP_URL

const ask = async (path, cookie = '') => {
  const response = await fetch(shop + path, { headers: { Accept: 'application/json', Cookie: cookie } })
  return response.json()
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const show = async ({ url, headers }, response) => {
  const { page } = await ask('/session', headers.cookie)
  const { cart } = await ask('/api/cart', headers.cookie)
  const cartEcho = { user: page.user, owner: page.owner, cursor: page.cursor }
  const json = JSON.stringify({ component: 'Cart', props: { errors: {}, cart, cartEcho }, url, version: '1' })
  if (headers['x-inertia']) {
    response.writeHead(200, { 'Content-Type': 'application/json', 'X-Inertia': 'true', Vary: 'X-Inertia' })
    return response.end(json)
  }
  response.writeHead(200, { 'Content-Type': 'text/html' })
  response.end(`<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Cart</title>
    <script type="module" src="/app.js"></script>
  </head>
  <body>
    <script data-page="app" type="application/json">${json.replaceAll('<', '\\u003c')}</script>
    <div id="app" data-page="${escaped(json).replaceAll('"', '&quot;')}"></div>
    <p data-cart-offer hidden>The cart could not be read anew.</p>
    <script type="application/json" data-cart-echo>${JSON.stringify(page)}</script>
  </body>
</html>`)
}

createServer((request, response) => {
  if (isShops(request.url)) return passOn(request, response)
  if (request.url !== '/app.js') return show(request, response)
  response.writeHead(200, { 'Content-Type': 'text/javascript' })
  return response.end(readFileSync('dist/app.js'))
}).listen(Number(process.env.PORT), '127.0.0.1')
