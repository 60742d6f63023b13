import { freePort, startProgram } from './serve.mjs'
import { hearsEachChangeOnce } from './shopper.mjs'
import { startStandIn } from './stand-in.mjs'

/**
 * An app's own dev server beside `npx cart-echo`, as the documents have it. Each of its `paths` hears each change once, under 127.0.0.1 and under localhost. `words` start the dev server on a port, `env` and
 * `files` are made of what the command prints, `more` is what else is tried there.
 */
export const developApp = async ({ words, paths, env: own, files, more }, { project, chromium, env }) => {
  const port = await freePort()
  const origins = ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${port}`)
  const allowed = origins.flatMap((origin) => ['--allow-origin', origin])
  const { folder } = project
  const server = await startStandIn(['--auto-login', '1', ...allowed], { folder, env })
  const ends = [server.stop]
  try {
    for (const [path, text] of Object.entries((await files?.(server)) ?? {})) project.put(path, text)
    const surroundings = { folder, env: { ...env, SHOP_URL: server.url, ...own?.(server) } }
    const running = await startProgram(words(port), `${origins[0]}${paths[0]}`, surroundings)
    ends.unshift(running.stop)
    const failed = (where) => (error) => {
      throw new Error(`${where}: ${error.message}\nIts dev server: ${running.said()}`, { cause: error })
    }
    const open = async (url) => {
      const { subscriptions: subscribedBefore } = await server.seen()
      return { ...(await chromium.open(url)), server, subscribedBefore }
    }
    for (const path of paths) {
      // A dev server compiles what a page imports when it is first asked for, and may then load the page anew.
      const first = await open(origins[0] + path)
      await first.page.waitForLoadState('networkidle')
      await first.close()
      for (const origin of origins) {
        const opened = await open(origin + path)
        await hearsEachChangeOnce(opened).catch(failed(origin + path))
        await opened.close()
      }
    }
    await more?.({ open, server, origin: origins[0], put: project.put }).catch(failed('What else'))
  } finally {
    for (const stop of ends) await stop()
  }
}
