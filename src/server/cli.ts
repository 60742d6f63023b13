#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { spinner } from '@clack/prompts'
import pc from 'picocolors'
import { runCli } from './cli/run'

const stopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })

// Beside `src` and `dist` alike.
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const isWatched = process.stdout.isTTY === true

process.exitCode = await runCli(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  stopped,
  variables: process.env,
  hasColours: isWatched && pc.isColorSupported,
  spinner: isWatched ? () => spinner({ indicator: 'timer' }) : undefined,
  version,
})
