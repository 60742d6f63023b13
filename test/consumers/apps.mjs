// The packed package in an app of each kind: types, a production build, and its page in Chromium, with the stand-in behind it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { developApp } from './support/develop.mjs'
import { filesOf } from './support/documents.mjs'
import { run } from './support/npm.mjs'
import { openProject } from './support/project.mjs'
import { startProgram } from './support/serve.mjs'
import { hearsEachChangeOnce } from './support/shopper.mjs'

const FOLDER = fileURLToPath(new URL('./apps/', import.meta.url))
const PASS_ON = readFileSync(new URL('./support/pass-on.js', import.meta.url), 'utf8')
const COMMAND_WITHIN_MS = 240_000

// No app calls home, and no colours in what is kept of what they print.
const QUIETLY = {
  ...process.env,
  NEXT_TELEMETRY_DISABLED: '1',
  NUXT_TELEMETRY_DISABLED: '1',
  ASTRO_TELEMETRY_DISABLED: '1',
  NO_COLOR: '1',
  CI: '1',
}

// Its declarations of 2.5 do not compile as `module` node16 and nodenext have it. Whatever else is said there is ours.
const OF_LARAVEL_ECHO = /^node_modules\/laravel-echo\//

/** The names of all apps, those of `only` where some are named. */
export const appNames = (only = []) => {
  const all = readdirSync(FOLDER).filter((name) => existsSync(join(FOLDER, name, 'app.mjs')))
  return only.length > 0 ? all.filter((name) => only.includes(name)) : all
}

/** Tries one app. Gives what was done, in words; throws what went wrong. */
export const tryApp = async (name, { tarball, chromium }) => {
  const from = join(FOLDER, name)
  const { default: app } = await import(pathToFileURL(join(from, 'app.mjs')).href)
  const project = await openProject({ name, from, tarball })
  const ends = [project.close]
  const end = (stop) => ends.unshift(stop)
  try {
    const { folder } = project
    for (const [path, text] of Object.entries({ 'pass-on.js': PASS_ON, ...filesOf(name), ...app.files?.() }))
      project.put(path, text)
    // Of the package as it is installed there.
    const { startServer } = await import(
      pathToFileURL(join(folder, 'node_modules/cart-echo/dist/server/index.js')).href
    )
    const server = await startServer({
      autoLogin: 1,
      pageHeaders: app.pageHeaders,
      ...(app.pages && { pages: join(folder, app.pages) }),
    })
    end(server.close)
    const own = app.program && (await app.program(server))
    const env = { ...QUIETLY, NODE_ENV: 'production', ...app.env?.(server), ...own?.env }
    const does = async (words, { except } = {}) => {
      const { status, stdout, stderr } = await run(process.execPath, words, {
        cwd: folder,
        env,
        withinMs: COMMAND_WITHIN_MS,
      })
      const isExcepted = except && stdout.split('\n').every((line) => line === '' || except.test(line))
      if (status !== 0 && !isExcepted) throw new Error(`${words.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`)
    }
    for (const words of app.build ?? []) await does(words)
    for (const words of app.types ?? []) await does(words, { except: OF_LARAVEL_ECHO })
    const running = own && (await startProgram(own.words, own.url, { folder, env }))
    if (running) end(running.stop)
    const opened = await chromium.open(own?.url ?? `${server.url}/`)
    end(opened.close)
    const told = () => `\nThe console: ${opened.complaints.join('\n')}\nIts server: ${running?.said()}`
    await (app.story ?? hearsEachChangeOnce)({ ...opened, server }).catch((error) => {
      throw new Error(error.message + told(), { cause: error })
    })
    if (/error/i.test(running?.said())) throw new Error(`Not all went well.${told()}`)
    if (app.develop) await developApp(app.develop, { project, chromium, env: { ...QUIETLY, NODE_ENV: 'development' } })
  } finally {
    for (const stop of ends) await stop()
  }
}
