import { execFile } from 'node:child_process'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    packed: Packed
  }
}

/** The package as npm would publish it. */
export interface Packed {
  /** A temporary folder, gone after the run. */
  readonly home: string
  readonly tarball: string
  /** The paths in it. */
  readonly files: string[]
  /** Where it is unpacked, with nothing installed beside it. Nobody writes there. */
  readonly folder: string
}

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Packs what is built, and unpacks it, once for all tests of the package. */
export default async ({ provide }: TestProject) => {
  // macOS: its temporary folder is a link, and Node resolves what it imports to the real one.
  const home = await mkdtemp(join(await realpath(tmpdir()), 'cart-echo-package-'))
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], { cwd: ROOT })
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  const tarball = join(home, filename)
  await run('tar', ['-xzf', tarball, '-C', home])
  // The name of the folder in every tarball of npm.
  provide('packed', { home, tarball, files: files.map(({ path }) => path), folder: join(home, 'package') })

  return () => rm(home, { recursive: true, force: true })
}
