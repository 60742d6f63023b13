import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  jsx: 'react-jsx',
  target: 'es2022',
  module: 'esnext',
  moduleResolution: 'bundler',
  lib: ['es2022', 'dom', 'dom.iterable'],
  skipLibCheck: true,
}

/**
 * What the strict compiler says about the files of an app that has the built package installed, each as `file(line,column): …`. By the native compiler, which takes a fifth of
 * the time, or the one that CART_ECHO_TYPESCRIPT names, so that every app has a program of its own: what one declares, another cannot lean on. `types` are the ambient ones, such as `node`.
 */
export const complaintsOf = async (
  files: Readonly<Record<string, string>>,
  types: readonly string[] = [],
): Promise<string[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'cart-echo-snippets-'))
  const app = join(folder, 'app')
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(app, path)), { recursive: true })
    writeFileSync(join(app, path), text)
  }
  try {
    for (const [path, text] of Object.entries(files)) put(path, text)
    put('tsconfig.json', JSON.stringify({ compilerOptions: { ...STRICT, types }, files: Object.keys(files) }))
    // Everything that is installed here, and the package itself beside it.
    mkdirSync(join(app, 'node_modules'))
    symlinkSync(ROOT, join(app, 'node_modules/cart-echo'), 'junction')
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')
    const { code, said } = await compile(app)
    const complaints = said.split(/\n(?=\S)/).filter((text) => /^\S.*error TS/.test(text))
    if ((code === 0) !== (complaints.length === 0)) throw new Error(`The compiler ended with ${code}: ${said}`)
    return complaints
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const compile = (folder: string): Promise<{ code: number | null; said: string }> =>
  new Promise((resolve, reject) => {
    const compiler = process.env.CART_ECHO_TYPESCRIPT ?? 'typescript-7'
    const words = [join(ROOT, `node_modules/${compiler}/bin/tsc`), '--pretty', 'false', '-p', '.']
    const child = spawn(process.execPath, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    }
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, said }))
  })
