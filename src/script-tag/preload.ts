/** An element that loads a module and checks its integrity: fires `load` when it is the expected one, `error` when it is not, or cannot be fetched. */
export type Preload = HTMLLinkElement | HTMLScriptElement

/** Creates the element for the module at a URL. Null when this browser cannot check modules, or this page does not allow it. */
export type PreloadFor = (href: string) => Preload | null

/**
 * Uses `<link rel="modulepreload">`, except in WebKit, which ignores the link's integrity (seen in WebKitGTK 2.50). There it uses a module script, for
 * which Trusted Types need a policy. It is created once: a page may allow the name `cart-echo` once only, or not at all, which the browser reports.
 */
export const createPreloads = (): PreloadFor => {
  let policy: UrlPolicy | 'unasked' | 'refused' = 'unasked'
  return (href) => {
    if (!isWebKit()) return linkTo(href)
    if (policy === 'unasked') policy = createPolicy()
    if (policy === 'refused') return null
    return Object.assign(document.createElement('script'), { type: 'module', src: policy.createScriptURL(href) })
  }
}

const linkTo = (href: string): Preload | null => {
  const link = document.createElement('link')
  return link.relList?.supports?.('modulepreload') ? Object.assign(link, { rel: 'modulepreload', href }) : null
}

// https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-vendor
const isWebKit = (): boolean => navigator.vendor === 'Apple Computer, Inc.'

/** A Trusted Types policy (https://w3c.github.io/trusted-types/dist/spec/#trusted-type-policy), as far as it is used here. */
type UrlPolicy = { createScriptURL(href: string): string }
type WithTypes = { trustedTypes?: { createPolicy(name: string, rules: UrlPolicy): UrlPolicy } }

const createPolicy = (): UrlPolicy | 'refused' => {
  const asItIs: UrlPolicy = { createScriptURL: (href) => href }
  try {
    return (globalThis as WithTypes).trustedTypes?.createPolicy('cart-echo', asItIs) ?? asItIs
  } catch {
    return 'refused'
  }
}
