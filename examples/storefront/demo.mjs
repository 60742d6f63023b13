// npm run demo            builds what is not built, starts the shop and prints its addresses
// npm run demo -- --once  tells the same story without a person, and measures it; with --picture it makes README's picture anew
import { buildUnlessBuilt } from '../../build/unless-built.mjs'

const args = process.argv.slice(2)

buildUnlessBuilt()
if (args.includes('--once')) {
  const { tellOnce } = await import('./once.mjs')
  process.exitCode = await tellOnce({ isPictured: args.includes('--picture') })
} else {
  process.argv = [process.execPath, 'cart-echo', ...args]
  await import(new URL('../../dist/server/cli.js', import.meta.url).href)
}
