import { type Edit, THERE, unsure } from './edit'
import { lineEndOf, withoutScriptComments } from './php-text'

/** What a page's script depends on. */
export interface PageScriptOptions {
  /** True where the page has a `window.Echo`, whose socket is shared. */
  readonly hasEcho: boolean
  readonly hasLivewire: boolean
}

/** The script that starts cart-echo on every page: resources/js/cart-echo.js, or .ts. */
export const pageScript = ({ hasEcho, hasLivewire }: PageScriptOptions): string => {
  const bridge = hasLivewire ? "import { livewire } from 'cart-echo/livewire'\n" : ''
  const [connection, connect] = hasEcho ? ['echo', 'echo(() => window.Echo)'] : ['reverb', 'reverb(page.reverb)']
  const notices = "import { showNotices } from 'cart-echo/notice'\n"
  // In the order of their names.
  const imports = hasEcho
    ? `import { ${connection} } from 'cart-echo/${connection}'\n${bridge}${notices}`
    : `${bridge}${notices}import { ${connection} } from 'cart-echo/${connection}'\n`
  const refresh = hasLivewire
    ? 'livewire(cart, { page: readPage })\n'
    : '// cart.onRefresh(…): how your page reads its cart anew\n'
  return `import { createCartEcho, readPage } from 'cart-echo'
${imports}
const page = readPage()

/** The page's cart: your other scripts import it from here. */
export const cart = createCartEcho({ ...page, connect: ${connect} })
showNotices(cart)
${refresh}cart.start()
`
}

/** What the entry of the bundle has to import. */
export const IMPORT = './cart-echo'

/** True where a script imports cart-echo, or the file that does. */
export const importsCartEcho = (script: string): boolean =>
  /^[ \t]*(?:import|export)\b(?:\s*\(?\s*|[^'"]{0,500}?\bfrom\s*)['"](?:cart-echo(?:\/[\w-]+)?|(?:\.{1,2}|@)\/(?:[\w-]+\/)*cart-echo(?:\.[jt]s)?)['"]/m.test(
    withoutScriptComments(script),
  )

// Only at the beginning of the file: what looks like an import further on may stand in a text or a comment.
const LEADING =
  /\s+|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|(import\b(?!\s*[(.])[^'"();]*(?:'[^'\r\n]*'|"[^"\r\n]*")(?:\s*(?:with|assert)\s*\{[^{}]*\})?(?:[ \t]*;)?)/y

/** Adds the import after the others of a bundle's entry, or at its end: an import may stand anywhere on the top level. */
export const addImport = (script: string): Edit => {
  if (importsCartEcho(script)) return THERE
  const text = withImport(script)
  // Where a comment is never closed, or only looks like one, it may have come to stand in it.
  return importsCartEcho(text) ? { kind: 'edited', text } : unsure('a comment stands where it would go')
}

const withImport = (script: string): string => {
  const end = lineEndOf(script)
  const last = lastImport(script)
  if (last) {
    const rest = /^[ \t]*(?:\/\/[^\r\n]*)?(?=\r?\n|$)/.exec(script.slice(last.to))?.[0] ?? ''
    const at = last.to + rest.length
    const quote = last.text.includes('"') ? '"' : "'"
    const line = `import ${quote}${IMPORT}${quote}${last.text.endsWith(';') ? ';' : ''}`
    return `${script.slice(0, at)}${end}${line}${script.slice(at)}`
  }
  const line = `import '${IMPORT}';`
  const isEnded = script === '' || script.endsWith('\n')
  return `${script}${isEnded ? '' : end}${line}${isEnded ? end : ''}`
}

const lastImport = (script: string): { readonly to: number; readonly text: string } | null => {
  const part = new RegExp(LEADING)
  let last: { to: number; text: string } | null = null
  for (let found = part.exec(script); found !== null; found = part.exec(script))
    if (found[1] !== undefined) last = { to: part.lastIndex, text: found[1] }
  return last
}
