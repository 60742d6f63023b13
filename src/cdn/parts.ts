import type { Built, Part } from './built'

/** Fetches a part, and gives what it exports. */
export type ImportPart = <Exports>(part: Part) => Promise<Exports>

/** Where the parts lie, and what they must be. */
export interface PartsOptions {
  /** The address of the script itself; the parts lie in `cdn/` beside it. */
  readonly script: string
  /** The script's nonce, where it has one. */
  readonly nonce: string | undefined
  readonly integrity: Built['integrity']
}

/**
 * Fetches parts by `import()`, which a script that a policy trusts may do, also under `strict-dynamic`. A part that is not the one this script
 * was built with is refused where the browser knows integrity for modules (`<link rel="modulepreload" integrity>`,
 * https://html.spec.whatwg.org/multipage/links.html#link-type-modulepreload): an import of the same address takes what the link has fetched, or
 * its failure. Others load it unchecked.
 */
export const createImport = ({ script, nonce, integrity }: PartsOptions): ImportPart => {
  const addressOf = (part: Part): string => new URL(`cdn/${part}.js`, script).href
  const pin = (part: Part): string => {
    const href = addressOf(part)
    const link = document.createElement('link')
    Object.assign(link, { rel: 'modulepreload', href, integrity: integrity[part], crossOrigin: 'anonymous' })
    if (nonce) link.nonce = nonce
    document.head.append(link)
    return href
  }
  return (part) => import(pin(part))
}
