import { spawn } from 'node:child_process'
import { createServer } from 'node:net'

const START_WITHIN_MS = 60_000

/** A port that is free now. */
export const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

/** Starts an app's own server, and resolves when it answers. `stop` ends it, with all that it has started, and `said` is what it printed. */
export const startProgram = async (words, url, { folder, env }) => {
  const child = spawn(process.execPath, words, { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text) => {
      said += text
    })
  }
  const ended = new Promise((resolve) => child.once('close', resolve))
  const stop = async () => {
    if (child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    await ended
  }
  const givenUpAt = performance.now() + START_WITHIN_MS
  while (!(await fetch(url).catch(() => null))) {
    if (child.exitCode !== null || performance.now() > givenUpAt) {
      await stop()
      throw new Error(`It did not start: ${said}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return { said: () => said, stop }
}
