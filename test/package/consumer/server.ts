// A Node app: tests of a shop against the stand-in.
import {
  type Application,
  type CartEchoServer,
  CartEchoServerError,
  type CartEchoServerErrorCode,
  type Level,
  type PromotionResult,
  type Published,
  type ShopState,
  type StartServerOptions,
  startServer,
} from 'cart-echo/server'

const app: Application = { id: '1', key: 'key', secret: 'secret' }
const level: Level = 'guide'
const options: StartServerOptions = {
  port: undefined,
  host: undefined,
  app: undefined,
  level: undefined,
  autoLogin: undefined,
  pages: undefined,
  onLog: undefined,
}
const server: CartEchoServer = await startServer(options)
await startServer()
await startServer({
  port: 0,
  app,
  level,
  autoLogin: 1,
  pages: new URL('./pages/', import.meta.url),
  onLog: console.log,
})
// @ts-expect-error: a port is a number
await startServer({ port: '8080' })
// @ts-expect-error: no such level
await startServer({ level: 'full' })

const { changed, customers, publishedAtMs }: PromotionResult = server.shop.removeFromAll('raya-sale')
const { seq }: Published = server.shop.publish(1, 'cart.stock.changed', { sku: 'A', left: 1 })
const state: ShopState = server.shop.state()
const settings: { key: string; host: string; port: number } = server.reverb
await server.close().catch((error: unknown) => {
  if (error instanceof CartEchoServerError) {
    const code: CartEchoServerErrorCode = error.code
    return code === 'port-taken'
  }
  // @ts-expect-error: misspelt
  return error instanceof CartEchoServerError && error.code === 'port-token'
})
// @ts-expect-error: there is no page in Node
document.title

export { changed, customers, publishedAtMs, seq, settings, state }
