import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}

/**
 * Serves what was built on this machine, as any host of files would.
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export const serveSite = ({ dist, base, port = 0 }) =>
  new Promise((resolve) => {
    const server = createServer(({ url = '/' }, response) => {
      const { pathname } = new URL(url, 'http://site.test')
      const within = pathname.startsWith(base) ? normalize(decodeURIComponent(pathname.slice(base.length))) : '..'
      const file = join(dist, within === '.' || within === '' ? 'index.html' : within)
      if (within.startsWith('..') || !existsSync(file) || !statSync(file).isFile()) {
        response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found')
        return
      }
      response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' })
      createReadStream(file).pipe(response)
    })
    server.listen(port, '127.0.0.1', () => {
      const url = `http://127.0.0.1:${server.address().port}${base}`
      resolve({ url, close: () => server.close() })
    })
  })
