// Builds the package, unless what is built was built of these very files.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const OF = [
  'src',
  'examples',
  'build',
  'package-lock.json',
  'package.json',
  'tsconfig.base.json',
  'tsconfig.json',
  'tsconfig.server.json',
  'tsup.config.ts',
]
const BUILT = ['dist']
// What the last build was made of, and what it made. Outside dist, which is published.
const STAMP = join(root, 'node_modules/.cache/cart-echo/built')

const filesIn = (path) => {
  if (!existsSync(join(root, path))) return []
  if (!statSync(join(root, path)).isDirectory()) return [path]
  return readdirSync(join(root, path)).flatMap((name) => filesIn(`${path}/${name}`))
}

/** By content: the times of files say what was copied when. */
const digestOf = (paths) => {
  const hash = createHash('sha256')
  for (const path of paths.flatMap(filesIn).sort()) {
    hash.update(`${path}\0`)
    hash.update(readFileSync(join(root, path)))
  }
  return hash.digest('hex')
}

const isBuilt = (of) => existsSync(STAMP) && readFileSync(STAMP, 'utf8') === `${of} ${digestOf(BUILT)}`

/** Builds it, and says so, unless that was done of the same files, and what it made is still there. Throws when it fails. */
export const buildUnlessBuilt = () => {
  const of = digestOf(OF)
  if (isBuilt(of)) return
  console.log('Building it first, which takes 10 to 30 s …')
  const sinceMs = performance.now()
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit', shell: true })
  if (status !== 0) throw new Error('The build failed. Run npm run build to see why.')
  console.log(`Built in ${((performance.now() - sinceMs) / 1_000).toFixed(0)} s.`)
  mkdirSync(dirname(STAMP), { recursive: true })
  writeFileSync(STAMP, `${of} ${digestOf(BUILT)}`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildUnlessBuilt()
