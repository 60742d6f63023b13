import { cp, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** The package, packed and unpacked once for the run. */
export const packed = inject('packed')

/** An app that has the package in its `node_modules`. */
export interface App {
  readonly folder: string
  /** Where the package is. */
  readonly cartEcho: string
}

/** Lays the package into an app of its own, beside packages of this repository: `name`, or `name=its name here`. */
export const install = async (others: readonly string[]): Promise<App> => {
  const folder = await mkdtemp(join(packed.home, 'app-'))
  const cartEcho = join(folder, 'node_modules/cart-echo')
  // No link: what it imports is looked for beside the real files.
  await cp(packed.folder, cartEcho, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  for (const [name = '', here = name] of others.map((other) => other.split('='))) {
    const link = join(folder, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(ROOT, 'node_modules', here), link)
  }
  return { folder, cartEcho }
}
