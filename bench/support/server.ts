import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { StartServerOptions } from '../../src/server'
import type { Shown } from './page-log'
import type { Asked, OpenedServer, ServerCalls, Told } from './server-process'

/** A stand-in server in a process of its own, which the load of its clients does not disturb. */
export interface BenchServer extends OpenedServer {
  /** Its process. */
  readonly pid: number
  /** Everything published so far, in order. */
  readonly published: readonly Shown[]
  /** Has the server do something. Rejects with what it throws. */
  readonly call: <Name extends keyof ServerCalls>(
    name: Name,
    ...given: Parameters<ServerCalls[Name]>
  ) => ReturnType<ServerCalls[Name]>
  /** Ends its process. */
  readonly stop: () => void
}

// Bundled side by side by run.mjs.
const PROCESS = new URL('./server-process.mjs', import.meta.url)

/** Starts one. */
export const startBenchServer = async (options: StartServerOptions): Promise<BenchServer> => {
  const child = fork(fileURLToPath(PROCESS))
  const published: Shown[] = []
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let asked = 0

  child.on('message', (told: Told) => {
    if ('published' in told) return void published.push(told.published)
    const call = waiting.get(told.id)
    waiting.delete(told.id)
    if ('error' in told) call?.reject(new Error(told.error))
    else call?.resolve(told.value)
  })
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`The server's process ended with ${code}.`))
  })

  const call: BenchServer['call'] = (name, ...given) => {
    asked += 1
    const ask: Asked = { id: asked, name, given: given[0] }
    const answer = new Promise<unknown>((resolve, reject) => waiting.set(ask.id, { resolve, reject }))
    child.send(ask)
    // What comes back is what that call of ServerCalls gave.
    return answer as ReturnType<ServerCalls[typeof name]>
  }

  const opened = await call('open', options)
  return { ...opened, pid: child.pid ?? 0, published, call, stop: () => child.kill() }
}
