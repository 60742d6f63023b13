/** What is in a page for a module to be checked: it says `load` where that is the one that is meant, `error` where it is not, or cannot be had. */
export type Pin = HTMLLinkElement | HTMLScriptElement

/** Makes what checks the module at an address. Null where this browser has, or this page allows, nothing that would. */
export type PinFor = (href: string) => Pin | null

/**
 * A `<link rel="modulepreload">`, but in WebKit, which takes such a link and does not look at its integrity (seen in WebKitGTK 2.50): there a module script, for
 * which Trusted Types want a policy. Asked for once: a page may allow its name, `cart-echo`, only once, and where it does not, that is reported.
 */
export const createPins = (): PinFor => {
  let policy: UrlPolicy | 'unasked' | 'refused' = 'unasked'
  return (href) => {
    if (!isWebKit()) return linkTo(href)
    if (policy === 'unasked') policy = createPolicy()
    if (policy === 'refused') return null
    return Object.assign(document.createElement('script'), { type: 'module', src: policy.createScriptURL(href) })
  }
}

const linkTo = (href: string): Pin | null => {
  const link = document.createElement('link')
  return link.relList?.supports?.('modulepreload') ? Object.assign(link, { rel: 'modulepreload', href }) : null
}

// https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-vendor
const isWebKit = (): boolean => navigator.vendor === 'Apple Computer, Inc.'

/** A policy of Trusted Types (https://w3c.github.io/trusted-types/dist/spec/#trusted-type-policy), as far as it matters here. */
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
