import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** A server of other people in a process of its own, with a folder of its own. */
export interface OwnProcess {
  /** Where it stands, and what it writes lies. */
  readonly folder: string
  /** Starts it. Rejects when it does not answer in time. */
  readonly start: () => Promise<void>
  /** Ends the process with this signal. Rejects when it is still there after a while. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>
  /** Sends a signal that does not end it. */
  readonly signal: (signal: 'SIGHUP') => void
  /** True while a process of this one is there. */
  readonly isThere: () => boolean
  /** True when it is there, and answers. Never rejects. */
  readonly answers: () => Promise<boolean>
  /** Its process; null before it was started. */
  readonly pid: () => number | null
  /** Ends what is there, and forgets its folder. */
  readonly close: () => Promise<void>
}

/** What one is made of. */
export interface OwnProcessOptions {
  /** How people call it. */
  readonly name: string
  /** The command and its words. What it reads may be written into the folder meanwhile. */
  readonly command: (folder: string) => readonly [string, ...string[]]
  /** True once it answers. */
  readonly isReady: () => Promise<boolean>
  /** The signal by which it leaves nothing behind. @default 'SIGKILL' */
  readonly lastSignal?: 'SIGTERM' | 'SIGKILL' | undefined
  /** Whether it is started again when it ends by itself, as a supervisor does. @default false */
  readonly isSupervised?: boolean | undefined
}

const READY_WITHIN_MS = 30_000
/** soketi takes connections for 3 s more, and tells each that it is closing. */
const GONE_WITHIN_MS = 15_000
const RESTART_AFTER_MS = 500

/** Where commands are looked for. Servers are in a folder that most people's own has not. */
export const SYSTEM_PATH = `${process.env.PATH}:/usr/sbin`

/** Makes one ready to start. */
export const openProcess = (options: OwnProcessOptions): OwnProcess => {
  const { name, command, isReady, lastSignal = 'SIGKILL', isSupervised = false } = options
  const folder = mkdtempSync(join(tmpdir(), `cart-echo-${name}-`))
  let child: ChildProcess | null = null
  let isWanted = false
  let restart: NodeJS.Timeout | undefined
  const isThere = (): boolean => child !== null && child.exitCode === null && child.signalCode === null
  // Whatever ends this process ends that one.
  const endAtExit = (): void => {
    if (isThere()) child?.kill(lastSignal)
  }
  process.on('exit', endAtExit)

  const run = (): void => {
    const [file, ...words] = command(folder)
    const own = spawn(file, words, { cwd: folder, env: { PATH: SYSTEM_PATH }, stdio: 'ignore' })
    child = own
    // Where there is no such command: start() says so, when nothing answers.
    own.on('error', () => undefined)
    own.on('exit', () => {
      if (isWanted && isSupervised && own === child) restart = setTimeout(run, RESTART_AFTER_MS)
    })
  }

  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    isWanted = false
    clearTimeout(restart)
    child?.kill(signal)
    await within(GONE_WITHIN_MS, `${name} is gone after ${signal}`, () => !isThere())
  }

  return {
    folder,
    isThere,
    answers: async () => isThere() && (await isReady()),
    pid: () => child?.pid ?? null,
    start: async () => {
      isWanted = true
      run()
      await within(READY_WITHIN_MS, `${name} is ready`, async () => {
        if (!isThere() && !isSupervised) throw new Error(`${name} ended as soon as it was started.`)
        return isReady()
      })
    },
    end,
    signal: (signal) => void child?.kill(signal),
    close: async () => {
      if (isThere() || isWanted) await end(lastSignal)
      process.off('exit', endAtExit)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Resolves when the condition holds. Rejects with what was waited for. */
export const within = async (ms: number, what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const endMs = Date.now() + ms
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error(`Waited ${ms} ms in vain until ${what}.`)
    await wait(20)
  }
}

/** True when an address answers with a good status. Never rejects. */
export const answersWell = async (url: string): Promise<boolean> => (await fetch(url).catch(() => null))?.ok === true

/** So many ports of 127.0.0.1 that nobody has. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve(Object(server.address()).port))),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
