import { CartEchoError, wordsOf } from '../engine/errors'
import { unclobbered } from '../engine/page-globals'
import type { Built, Part } from './built'
import { createPins, type Pin } from './pin'

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
 * Fetches parts by `import()`, which a script that a policy trusts may do, also under `strict-dynamic`. Where the browser knows
 * `<link rel="modulepreload" integrity>` (https://html.spec.whatwg.org/multipage/links.html#link-type-modulepreload), or a module script does the same, a part that is not
 * the one this script was built with is refused; others load it unchecked. What could not be fetched is fetched anew the next time.
 *
 * It rejects with a `CartEchoError` `not-loaded`.
 */
export const createImport = ({ script, nonce, integrity }: PartsOptions): ImportPart => {
  const failures = new Map<Part, number>()
  const pinFor = createPins()
  return async (part) => {
    const failed = failures.get(part) ?? 0
    const url = new URL(`cdn/${part}.js`, script)
    // The map of modules remembers a failure by its address, as long as the page lives (https://github.com/whatwg/html/issues/6768).
    if (failed > 0) url.searchParams.set('again', String(failed))
    try {
      const pin = pinFor(url.href)
      if (pin) await pinned(Object.assign(pin, { integrity: integrity[part], nonce: nonce ?? '' }))
      return await import(url.href)
    } catch (cause) {
      failures.set(part, failed + 1)
      throw new CartEchoError('not-loaded', `${url.href} could not be fetched: ${wordsOf(cause)}`, { cause })
    }
  }
}

/** How long a browser may keep to itself what became of a link: nothing waits for one that never says. */
const SILENT_MS = 20_000

/** Puts the module in the page's map, if it is the one that is meant. Rejects where it is not, or cannot be had. */
const pinned = (pin: Pin): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (end: () => void) => (): void => {
      clearTimeout(timer)
      pin.remove()
      end()
    }
    // A script always says, and WebKit would fetch it anew meanwhile, and not check that.
    const timer = pin instanceof HTMLLinkElement ? setTimeout(settle(resolve), SILENT_MS) : undefined
    pin.addEventListener('load', settle(resolve))
    pin.addEventListener(
      'error',
      settle(() => reject(new Error('blocked, away, or not what this version was built with'))),
    )
    pin.crossOrigin = 'anonymous'
    unclobbered(document, 'head').append(pin)
  })
