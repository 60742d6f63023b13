import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { handler } from './dist/server/entry.mjs'
import { isShops, passOn } from './pass-on.js'

/** Scripts and styles, which the adapter leaves to others. */
const give = ({ url }, response) => {
  response.writeHead(200, { 'Content-Type': url.endsWith('.js') ? 'text/javascript' : 'text/css' })
  response.end(readFileSync(`dist/client${url}`))
}

createServer((request, response) => {
  if (isShops(request.url)) return passOn(request, response)
  return request.url.startsWith('/_astro/') ? give(request, response) : handler(request, response)
}).listen(Number(process.env.PORT), '127.0.0.1')
