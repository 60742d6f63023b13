import { unclobbered } from '../engine/environment'
import { ownOnly } from '../engine/shape'
import { earlyError } from './early-error'

/** A part of the script-tag build that is fetched when it is needed. */
export type Part = 'engine' | 'echo' | 'inspector' | 'notice' | 'tabs'

/** Fetches a part that must have this integrity (as in `<script integrity>`), and resolves with its exports. */
export type ImportPart = <Exports>(part: Part, integrity: string) => Promise<Exports>

/**
 * Fetches parts from `cdn/` beside the script at `source`, with the script's nonce, by `import()`: a script trusted by a content security policy may use that,
 * also under `strict-dynamic`. A part that is not the one this script was built with is refused where the browser checks it: by `<link rel="modulepreload" integrity>`
 * (https://html.spec.whatwg.org/multipage/links.html#link-type-modulepreload), or by a module script. Other browsers load it unchecked. After a failure
 * the next call fetches it again. Rejects with a `CartEchoError` `not-loaded`.
 */
export const createImport = (source: string, nonce = ''): ImportPart => {
  const failures: Partial<Record<Part, number>> = ownOnly({})
  const pinFor = createPins()
  return async (part, integrity) => {
    const failed = failures[part]
    // A browser remembers a module that failed, by its URL, until the page ends (https://github.com/whatwg/html/issues/6768).
    const { href } = new URL(`cdn/${part}.js${failed ? `?again=${failed}` : ''}`, source)
    try {
      const pin = pinFor(href)
      if (pin) await whenLoaded(Object.assign(pin, { integrity, nonce, crossOrigin: '' }))
      return await import(href)
    } catch (cause) {
      failures[part] = (failed ?? 0) + 1
      throw earlyError('not-loaded', `${href} is blocked, away, or another version.`, cause)
    }
  }
}

/** An element that loads a module and checks its integrity: fires `load` when it is the expected one, `error` when it is not, or cannot be fetched. */
type Pin = HTMLLinkElement | HTMLScriptElement

/** How long to wait for a link that reports neither success nor failure. */
const PIN_TIMEOUT_MS = 20_000

/** Loads the module, if it is the expected one. Rejects when it is not, or cannot be fetched. */
const whenLoaded = async (pin: Pin): Promise<void> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  await new Promise((resolve, reject) => {
    Object.assign(pin, { onload: resolve, onerror: reject })
    // No time limit for a script: it always reports, and WebKit would fetch the module again meanwhile, unchecked.
    if ('rel' in pin) timer = setTimeout(resolve, PIN_TIMEOUT_MS)
    unclobbered(document, 'head').append(pin)
  }).finally(() => {
    clearTimeout(timer)
    pin.remove()
  })
}

/**
 * Creates the element for the module at a URL; null when this browser cannot check modules, or this page does not allow it. It is a
 * `<link rel="modulepreload">`, except in WebKit, which ignores the link's integrity (seen in WebKitGTK 2.50). There it is a module script, for
 * which Trusted Types need a policy. That is created once: a page may allow the name `cart-echo` once only, or not at all, which the browser reports.
 */
const createPins = (): ((href: string) => Pin | null) => {
  let policy: UrlPolicy | null = { createScriptURL: (href) => href }
  let isAsked = false
  return (href) => {
    // https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-vendor
    if (!/^Apple/.test(navigator.vendor)) {
      const link = Object.assign(document.createElement('link'), { rel: 'modulepreload', href })
      return link.relList.supports('modulepreload') ? link : null
    }
    try {
      if (!isAsked)
        policy = (globalThis as WithTypes).trustedTypes?.createPolicy('cart-echo', policy as UrlPolicy) ?? policy
    } catch {
      policy = null
    }
    isAsked = true
    return (
      policy && Object.assign(document.createElement('script'), { type: 'module', src: policy.createScriptURL(href) })
    )
  }
}

/** A Trusted Types policy (https://w3c.github.io/trusted-types/dist/spec/#trusted-type-policy), as far as it is used here. */
type UrlPolicy = { createScriptURL(href: string): string }
type WithTypes = { trustedTypes?: { createPolicy(name: string, rules: UrlPolicy): UrlPolicy } }
