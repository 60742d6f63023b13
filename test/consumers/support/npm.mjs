import { spawn } from 'node:child_process'

const QUIET = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']

/** What a command came to. `status` is null where it was ended because it took too long. */
const ended = (child, timer) =>
  new Promise((resolve, reject) => {
    const said = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => {
        said[name] += text
      })
    }
    child.once('error', reject)
    child.once('close', (status) => {
      clearTimeout(timer)
      resolve({ status, ...said })
    })
  })

/** Runs a command to its end, or for as long as it may take: then all that it has started is ended, too. */
export const run = (command, words, { withinMs, ...options }) => {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options })
  return ended(
    child,
    setTimeout(() => process.kill(-child.pid, 'SIGKILL'), withinMs),
  )
}

/** Runs npm in a folder, without install scripts. */
export const npm = (words, cwd, withinMs) => run('npm', [...words, ...QUIET], { cwd, withinMs })

/** The first thing that npm says went wrong, on one line. */
export const wordsOf = ({ stderr }) => /npm error (?!code)(.+)/.exec(stderr)?.[1] ?? 'it took too long'
