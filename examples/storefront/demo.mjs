// npm run demo            builds, starts the shop and prints its addresses
// npm run demo -- --once  tells the same story without a person, and measures it
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const args = process.argv.slice(2)

const build = spawnSync(process.execPath, ['node_modules/tsup/dist/cli-default.js', '--silent'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, CART_ECHO_BUILD: 'fast' },
})
if (build.status !== 0) process.exit(build.status ?? 1)
const tag = spawnSync(process.execPath, ['build/script-tag.mjs'], { cwd: root, stdio: 'inherit' })
if (tag.status !== 0) process.exit(tag.status ?? 1)

if (args.includes('--once')) {
  const { tellOnce } = await import('./once.mjs')
  process.exitCode = await tellOnce()
} else {
  process.argv = [process.execPath, 'cart-echo', ...args]
  await import(new URL('../../dist/server/cli.js', import.meta.url).href)
}
