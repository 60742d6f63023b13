import { createServer } from 'node:http'
import { handler } from './build/handler.js'
import { isShops, passOn } from './pass-on.js'

createServer((request, response) =>
  isShops(request.url) ? passOn(request, response) : handler(request, response),
).listen(Number(process.env.PORT), '127.0.0.1')
