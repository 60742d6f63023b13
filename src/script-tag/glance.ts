import { pageGlobal, unclobbered } from '../engine/environment'
import { isGiven } from '../engine/settings'
import { own, ownOnly } from '../engine/shape'

/** As much of who is looking as decides whether a page needs the code, which reads the page itself. */
export interface Glance {
  readonly user?: unknown
  readonly guest?: unknown
  readonly enabled?: unknown
  /** Not empty when there is something that only the code can judge. */
  readonly problems?: readonly unknown[] | undefined
}

const BLOCK = 'script[type="application/json"][data-cart-echo]'

/**
 * Looks whether a page has a user or a guest, where `readPage` looks, but without a word about what is wrong there. In doubt it says somebody: then the code
 * comes, and judges. Never throws.
 */
export const glanceAt = (tag: HTMLScriptElement | null): Glance => {
  const problems: unknown[] = []
  const found: Record<string, unknown> = ownOnly({ problems })
  const see = (source: object): void => {
    for (const name of ['user', 'guest', 'enabled']) {
      const value = own(source as Record<string, unknown>, name)
      if (isGiven(value)) found[name] = value
    }
  }
  const meta = unclobbered(document, 'head')?.querySelector('meta[name="user-id"]')
  found.user = meta ? meta.getAttribute('content') : own(Object(pageGlobal('Laravel')), 'userId')
  const data = (name: string): string | null | undefined => tag?.getAttribute(`data-${name}`)
  // Without a value, a flag is true.
  see({ user: data('user'), guest: data('guest') === '' || data('guest'), enabled: data('enabled') })
  for (const { textContent } of unclobbered(document, 'querySelectorAll').call(document, BLOCK)) {
    try {
      see(Object(JSON.parse(textContent ?? '')))
    } catch (cause) {
      problems.push(cause)
    }
  }
  found.guest = /^(true|1)$/.test(found.guest as string)
  found.enabled = !/^(false|0)$/.test(found.enabled as string)
  return found
}
