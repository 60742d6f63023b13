import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { BuildOptions } from 'esbuild'
import { bundleApp } from '../../support/app-page'

/** How a script is bundled with React of that major. */
export const reactOf = (major: string): BuildOptions => ({
  alias: major === '18' ? { react: 'react-18', 'react-dom': 'react-dom-18' } : {},
})

/** Runs a script on a server with React of that major, and gives what it exports. */
export const runOnServer = async <Exports>(major: string, script: string): Promise<Exports> => {
  const folder = mkdtempSync(join(tmpdir(), 'cart-echo-react-'))
  const path = join(folder, 'app.mjs')
  // React's server files are CommonJS and require Node's own modules.
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
  writeFileSync(path, await bundleApp(script, { ...reactOf(major), platform: 'node', banner }))
  try {
    return await import(pathToFileURL(path).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What a server with React of that major makes of the `app` that the script exports. */
export const renderOnServer = async (major: string, script: string): Promise<string> => {
  const rendering = `${script}
    import { renderToString } from 'react-dom/server'
    export const html = renderToString(app)`
  return (await runOnServer<{ html: string }>(major, rendering)).html
}
