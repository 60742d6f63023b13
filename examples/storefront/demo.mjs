// npm run demo            builds what is not built, starts the shop and prints its addresses
// npm run demo -- --once  tells the same story without a person, and measures it
import { buildUnlessBuilt } from '../../build/unless-built.mjs'

const args = process.argv.slice(2)

buildUnlessBuilt()
if (args.includes('--once')) {
  const { tellOnce } = await import('./once.mjs')
  process.exitCode = await tellOnce()
} else {
  process.argv = [process.execPath, 'cart-echo', ...args]
  await import(new URL('../../dist/server/cli.js', import.meta.url).href)
}
