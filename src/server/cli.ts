#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { confirm, spinner } from '@clack/prompts'
import pc from 'picocolors'
import { runCli } from './cli/run'

const stopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })

// Beside `src` and `dist` alike.
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const isWatched = process.stdout.isTTY === true
// Some terminals of machines have no width: a spinner or a question would be drawn letter by letter.
const hasWidth = isWatched && process.stdout.columns > 0

// The spinner ends the process by itself on Ctrl-C, with 0, as if nothing were wrong.
const leftOff = (): void => {
  process.exitCode ||= 130
}
process.on('exit', leftOff)

// What is left of it has nobody to read it, as after `| head -1`: no reason for a stack.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

const code = await runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  stopped,
  variables: process.env,
  hasColours: isWatched && pc.isColorSupported,
  spinner: hasWidth ? () => spinner({ indicator: 'timer', withGuide: false, cancelMessage: 'Left off' }) : undefined,
  version,
  laravelIn: fileURLToPath(new URL('../../laravel', import.meta.url)),
  // Ctrl-C answers with a symbol: that is no yes.
  confirm:
    hasWidth && process.stdin.isTTY === true
      ? async (message) => (await confirm({ message, initialValue: true })) === true
      : undefined,
})

process.off('exit', leftOff)
process.exitCode = code
