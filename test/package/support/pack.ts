import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** The package as npm would publish it. */
export interface Packed {
  readonly tarball: string
  /** The paths in it. */
  readonly files: readonly string[]
  /** Lays it into an app of its own, beside packages of this repository: `name`, or `name=its name here`. */
  readonly install: (others: readonly string[]) => Promise<App>
  readonly remove: () => Promise<void>
}

/** An app that has the package in its `node_modules`. */
export interface App {
  readonly folder: string
  /** Where the package is. */
  readonly cartEcho: string
}

/** Packs what `npx tsup` has built, into a folder of its own under the system's temporary one. */
export const packPackage = async (): Promise<Packed> => {
  if (!existsSync(join(ROOT, 'dist/reverb.d.ts'))) throw new Error('There is no build to test. Run npx tsup first.')
  // macOS: its temporary folder is a link, and Node resolves what it imports to the real one.
  const home = await mkdtemp(join(await realpath(tmpdir()), 'cart-echo-package-'))
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], { cwd: ROOT })
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  const tarball = join(home, filename)
  let apps = 0

  return {
    tarball,
    files: files.map(({ path }) => path),
    install: async (others) => {
      apps += 1
      const folder = join(home, `app-${apps}`)
      const cartEcho = join(folder, 'node_modules/cart-echo')
      await mkdir(cartEcho, { recursive: true })
      await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
      await run('tar', ['-xzf', tarball, '-C', cartEcho, '--strip-components=1'])
      for (const [name = '', here = name] of others.map((other) => other.split('='))) {
        const link = join(folder, 'node_modules', name)
        await mkdir(dirname(link), { recursive: true })
        await symlink(join(ROOT, 'node_modules', here), link)
      }
      return { folder, cartEcho }
    },
    remove: () => rm(home, { recursive: true, force: true }),
  }
}
