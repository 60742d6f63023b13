import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** The app that the server has. */
export const APP = { id: '1001', key: 'interop-key', secret: 'interop-secret' }

/** A real soketi in a process of its own. */
export interface Soketi {
  readonly port: number
  /** Starts it on the same port as before. Rejects when it does not answer in time. */
  readonly start: () => Promise<void>
  /** Ends the process with this signal. Rejects when it is still there after the time its own grace period takes, and some. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>
  /** True while a process of this one is there. */
  readonly isThere: () => boolean
  /** Ends what is there, and forgets its folder. */
  readonly close: () => Promise<void>
}

const READY_WITHIN_MS = 30_000
/** By default it still takes connections for 3 s, and tells each that it is closing. */
const GONE_WITHIN_MS = 15_000

/** Makes one ready to start, from the packages installed in `folder`. */
export const openSoketi = async (folder: string): Promise<Soketi> => {
  const [port, metrics] = await freePorts()
  // In a folder of its own: it reads a .env where it stands.
  const own = mkdtempSync(join(tmpdir(), 'cart-echo-soketi-'))
  const config = join(own, 'config.json')
  writeFileSync(config, JSON.stringify(configOf(port, metrics)))
  let child: ChildProcess | null = null
  const isThere = (): boolean => child !== null && child.exitCode === null && child.signalCode === null
  // Whatever ends this process ends that one.
  const endAtExit = (): void => {
    child?.kill('SIGKILL')
  }
  process.on('exit', endAtExit)

  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    child?.kill(signal)
    await within(GONE_WITHIN_MS, `soketi is gone after ${signal}`, () => !isThere())
  }

  return {
    port,
    isThere,
    start: async () => {
      const words = [join(folder, 'node_modules/@soketi/soketi/bin/server.js'), 'start', `--config=${config}`]
      child = spawn(process.execPath, words, { cwd: own, env: { PATH: process.env.PATH }, stdio: 'ignore' })
      await within(READY_WITHIN_MS, 'soketi is ready', async () => {
        if (!isThere()) throw new Error('soketi ended as soon as it was started.')
        return (await fetch(`http://127.0.0.1:${port}/ready`).catch(() => null))?.ok === true
      })
    },
    end,
    close: async () => {
      if (isThere()) await end('SIGKILL')
      process.off('exit', endAtExit)
      rmSync(own, { recursive: true, force: true })
    },
  }
}

/** Keys with dots: an object in place of `metrics` would take away its driver, and SIGTERM would end nothing any more. */
const configOf = (port: number, metrics: number): object => ({
  host: '127.0.0.1',
  port,
  'metrics.host': '127.0.0.1',
  'metrics.port': metrics,
  'appManager.array.apps': [{ ...APP, enableClientMessages: true, maxConnections: -1 }],
})

/** Resolves when the condition holds. Rejects with what was waited for. */
export const within = async (ms: number, what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const endMs = Date.now() + ms
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(`Waited ${ms} ms in vain until ${what}.`)
    await wait(20)
  }
}

const freePorts = async (): Promise<readonly [number, number]> => {
  const servers = [createServer(), createServer()] as const
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve(Object(server.address()).port))),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return [ports[0] ?? 0, ports[1] ?? 0]
}
