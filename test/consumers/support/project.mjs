import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { npm, run, wordsOf } from './npm.mjs'

// Outside of the repository, whose own packages an app in it would find.
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cart-echo', 'consumers')
const INSTALL_WITHIN_MS = 300_000
const MANIFEST = ['package.json', 'package-lock.json']

const isRunning = (pid) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Removes what is installed for an app by another lockfile, and what a run that was killed has left. */
const tidy = (name, kept) => {
  for (const found of existsSync(CACHE) ? readdirSync(CACHE) : []) {
    const [, of, , pid] = /^(.+)-([0-9a-f]{16})(?:\.(\d+))?$/.exec(found) ?? []
    const isOld = pid ? !isRunning(Number(pid)) : found !== kept
    if (of === name && isOld) rmSync(join(CACHE, found), { recursive: true, force: true })
  }
}

const unpack = async (tarball, folder) => {
  mkdirSync(folder)
  const { status, stderr } = await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], {
    withinMs: INSTALL_WITHIN_MS,
  })
  if (status !== 0) throw new Error(`tar: ${stderr}`)
}

/**
 * A fresh project: the files of an app, what its lockfile names, and the packed package. What is installed is kept for the next run with this lockfile; a project belongs to one run
 * alone. `files` says which of the app's files belong to it. The package is unpacked, which takes a tenth of the time, or
 * installed by npm, which looks at its peers, too. `put` writes further files, `close` gives it back.
 */
export const openProject = async ({ name, from, tarball, files = () => true, byNpm = false }) => {
  const hash = createHash('sha256')
  for (const file of MANIFEST) hash.update(readFileSync(join(from, file)))
  const key = `${name}-${hash.digest('hex').slice(0, 16)}`
  const [kept, folder] = [join(CACHE, key), join(CACHE, `${key}.${process.pid}`)]
  const put = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const install = async (words) => {
    const installed = await npm(words, folder, INSTALL_WITHIN_MS)
    if (installed.status !== 0) throw new Error(`npm ${words[0]}: ${wordsOf(installed)}`, { cause: 'npm' })
  }

  tidy(name, key)
  mkdirSync(CACHE, { recursive: true })
  try {
    renameSync(kept, folder)
  } catch {
    for (const file of MANIFEST) put(file, readFileSync(join(from, file)))
    await install(['ci'])
  }
  cpSync(from, folder, { recursive: true, filter: files })
  if (byNpm) await install(['install', '--no-save', '--no-package-lock', tarball])
  else await unpack(tarball, join(folder, 'node_modules/cart-echo'))

  return {
    folder,
    put,
    close: () => {
      for (const found of readdirSync(folder)) {
        if (found !== 'node_modules' && !MANIFEST.includes(found)) rmSync(join(folder, found), { recursive: true })
      }
      // The next run brings a package of its own.
      for (const found of ['cart-echo', '.package-lock.json', '.cache', '.vite', '.vite-temp'])
        rmSync(join(folder, 'node_modules', found), { recursive: true, force: true })
      if (existsSync(kept)) rmSync(folder, { recursive: true, force: true })
      else renameSync(folder, kept)
    },
  }
}
