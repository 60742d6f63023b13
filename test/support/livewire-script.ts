import { build } from 'esbuild'

const ROOT = new URL('../../', import.meta.url)

const LIVEWIRE = `
import { createStandIn } from './examples/livewire/stand-in'
window.commits = []
const send = async (url, { body }) => {
  const { components } = JSON.parse(String(body))
  window.commits.push(...components.map(({ calls }) => calls.map(({ params }) => params[0]).join()))
  return Response.json({ components: components.map(({ snapshot }) => ({ snapshot, effects: {} })) })
}
const { load, start } = createStandIn({ send })
load()
if (document.readyState !== 'loading') start()
else document.addEventListener('DOMContentLoaded', start)
`

let bundled: Promise<string> | undefined

/** Livewire's stand-in as Livewire's own script: it is there when it runs, and starts at DOMContentLoaded. Bundled once for all files of a process. */
export const livewireScript = (): Promise<string> => {
  bundled ??= bundle()
  return bundled
}

const bundle = async (): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: LIVEWIRE, resolveDir: ROOT.pathname, loader: 'ts' },
    bundle: true,
    format: 'iife',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}
