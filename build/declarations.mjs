// What every module declares. The native compiler checks the sources and writes this in a second; tsup's own way takes ten.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const WRITE = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--noEmitOnError', '--rootDir', 'src']

/** Writes the declarations of a project's modules into a folder. Throws when it does not compile. */
const declare = (project, folder) => {
  const words = ['node_modules/typescript-7/bin/tsc', '-p', project, ...WRITE, '--outDir', folder]
  const { status } = spawnSync(process.execPath, words, { stdio: 'inherit' })
  if (status !== 0) throw new Error(`${project} does not compile.`)
}

/**
 * Writes the declarations of all modules, for pages and for Node, into a folder that is gone when this process ends.
 * @returns {{ browser: string, server: string }} where they are, each as `src` is.
 */
export const declareModules = () => {
  const home = mkdtempSync(join(tmpdir(), 'cart-echo-declarations-'))
  process.once('exit', () => rmSync(home, { recursive: true, force: true }))
  const [browser, server] = [join(home, 'browser'), join(home, 'server')]
  declare('tsconfig.json', browser)
  declare('tsconfig.server.json', server)
  return { browser, server }
}
