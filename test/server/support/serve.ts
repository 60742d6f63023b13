import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { type CartEchoServer, type StartServerOptions, startServer } from '../../../src/server/index'

export const APP = { id: '1001', key: 'cart-bed-key', secret: 'cart-bed-secret' }

export const SITE = fileURLToPath(new URL('../pages/site/', import.meta.url))

/** A server on a free port that ends with the test. */
export const serve = async (options: StartServerOptions = {}): Promise<CartEchoServer> => {
  const server = await startServer({ app: APP, pages: SITE, ...options })
  onTestFinished(() => server.close())
  return server
}
