import { unclobbered } from '../engine/environment'
import { CartEchoError, wordsOf } from '../engine/errors'
import type { Built, Part } from './built'
import { createPreloads, type Preload } from './preload'

/** Fetches a part, and resolves with its exports. */
export type ImportPart = <Exports>(part: Part) => Promise<Exports>

/** Where the parts are, and their integrity. */
export interface PartsOptions {
  /** The URL of the script itself; the parts are in `cdn/` beside it. */
  readonly script: string
  /** The script's nonce, if it has one. */
  readonly nonce: string | undefined
  readonly integrity: Built['integrity']
}

/**
 * Fetches parts by `import()`, which a script trusted by a content security policy may use, also under `strict-dynamic`. A part that is not
 * the one this script was built with is refused where the browser checks it: by `<link rel="modulepreload" integrity>`
 * (https://html.spec.whatwg.org/multipage/links.html#link-type-modulepreload), or by a module script. Other browsers load it unchecked. After a failure
 * the next call fetches it again. Rejects with a `CartEchoError` `not-loaded`.
 */
export const createImport = ({ script, nonce, integrity }: PartsOptions): ImportPart => {
  const failures = new Map<Part, number>()
  const preloadFor = createPreloads()
  return async (part) => {
    const failed = failures.get(part) ?? 0
    const url = new URL(`cdn/${part}.js`, script)
    // A browser remembers a module that failed, by its URL, until the page ends (https://github.com/whatwg/html/issues/6768).
    if (failed > 0) url.searchParams.set('again', String(failed))
    try {
      const preload = preloadFor(url.href)
      if (preload) await whenLoaded(Object.assign(preload, { integrity: integrity[part], nonce: nonce ?? '' }))
      return await import(url.href)
    } catch (cause) {
      failures.set(part, failed + 1)
      throw new CartEchoError('not-loaded', `${url.href} could not be fetched: ${wordsOf(cause)}`, { cause })
    }
  }
}

/** How long to wait for a preload link that reports neither success nor failure. */
const PRELOAD_TIMEOUT_MS = 20_000

/** Loads the module, if it is the expected one. Rejects when it is not, or cannot be fetched. */
const whenLoaded = (preload: Preload): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (end: () => void) => (): void => {
      clearTimeout(timer)
      preload.remove()
      end()
    }
    // No time limit for a script: it always reports, and WebKit would fetch the module again meanwhile, unchecked.
    const timer = preload instanceof HTMLLinkElement ? setTimeout(settle(resolve), PRELOAD_TIMEOUT_MS) : undefined
    preload.addEventListener('load', settle(resolve))
    preload.addEventListener(
      'error',
      settle(() => reject(new Error('blocked, away, or not what this version was built with'))),
    )
    preload.crossOrigin = 'anonymous'
    unclobbered(document, 'head').append(preload)
  })
