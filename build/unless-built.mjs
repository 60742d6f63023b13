// Builds the package if what is built is older than what it is built of.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
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
const BUILT = ['dist/index.d.ts', 'dist/sri.json', 'dist/server/index.d.ts']
// When the last build began. Outside dist, which is published.
const STAMP = `${root}node_modules/.cache/cart-echo/built`

const changedAtMs = (path) => {
  const { mtimeMs } = statSync(root + path)
  const inside = statSync(root + path).isDirectory() ? readdirSync(root + path, { recursive: true }) : []
  return Math.max(mtimeMs, ...inside.map((name) => statSync(`${root}${path}/${name}`).mtimeMs))
}

const isBuilt = () =>
  existsSync(STAMP) &&
  BUILT.every((path) => existsSync(root + path)) &&
  Math.max(...OF.map(changedAtMs)) < Number(readFileSync(STAMP, 'utf8'))

/** Builds it, unless that was done after the last change. Throws when that fails. */
export const buildUnlessBuilt = () => {
  if (isBuilt()) return
  const startedAtMs = Date.now()
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit', shell: true })
  if (status !== 0) throw new Error('The build failed. Run npm run build to see why.')
  mkdirSync(new URL('.', `file://${STAMP}`), { recursive: true })
  writeFileSync(STAMP, String(startedAtMs))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildUnlessBuilt()
