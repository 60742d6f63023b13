/** True for an address of the page's own origin; only there do tokens go. False where there is no page. Never throws. */
export const isOwnOrigin = (address: string): boolean => {
  try {
    const page = globalThis.location.href
    return new URL(address, page).origin === new URL(page).origin
  } catch {
    return false
  }
}
