/**
 * The whole address that a page means: from where the page itself lies, whatever a `<base href>` in it says, for what shoppers write may hold one. As it is
 * where it cannot be resolved, as on a server. Never throws.
 */
export const absolute = (address: string): string => resolved(address)?.href ?? address

/** True for an address of the page's own origin; only there do tokens go. False where there is no page. Never throws. */
export const isOwnOrigin = (address: string): boolean => {
  const target = resolved(address)
  return target !== null && target.origin === resolved('/')?.origin
}

const resolved = (address: string): URL | null => {
  try {
    return new URL(address, pageAddress())
  } catch {
    return null
  }
}

// A frame of `srcdoc` or `blob:` has the origin of its parent, and no address that anything could be resolved against.
const pageAddress = (): string => {
  const { location, origin } = globalThis
  return /^https?:/.test(location.href) ? location.href : origin
}
