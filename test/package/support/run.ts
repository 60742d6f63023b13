import { spawn } from 'node:child_process'

/** How a program ended, and what it printed. */
export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A program under way. */
export interface Running {
  readonly ended: Promise<Ran>
  /** Resolves with the first match in what it prints; rejects when it ends without one. */
  readonly printed: (pattern: RegExp) => Promise<string>
  readonly interrupt: () => void
  /** Reads no more of what it prints. */
  readonly leave: () => void
}

/** A machine may be busy. What runs longer than this hangs, and is ended, so that it does not outlive the tests for ever. */
const PATIENCE_MS = 10 * 60_000

/** Starts Node, or a script with it, with an environment that holds nothing of this repository's. */
export const startNode = (words: readonly string[], cwd: string): Running => {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, words, { cwd, env: { PATH, HOME, NO_COLOR: '1' }, timeout: PATIENCE_MS })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, out, err }))
  })
  const printed = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const [match] = pattern.exec(out) ?? []
        if (match !== undefined) resolve(match)
      }
      look()
      child.stdout.on('data', look)
      child.once('close', () => reject(new Error(`It ended without printing ${pattern}:\n${out}${err}`)))
    })
  return { ended, printed, interrupt: () => child.kill('SIGINT'), leave: () => child.stdout.destroy() }
}

/** Runs Node to its end. */
export const runNode = (words: readonly string[], cwd: string): Promise<Ran> => startNode(words, cwd).ended
