import { decodePiece } from './routes'

/** The value of the cookie `name` in a `Cookie` header, decoded; null without one. Never throws. */
export const readCookie = (header: string | undefined, name: string): string | null => {
  for (const pair of (header ?? '').split(';')) {
    const mark = pair.indexOf('=')
    if (mark !== -1 && pair.slice(0, mark).trim() === name) return decodePiece(pair.slice(mark + 1).trim())
  }
  return null
}

/** What a `Set-Cookie` header may say beside name and value. */
export interface CookieOptions {
  /** True: no script can read it. */
  readonly httpOnly: boolean
}

/** A `Set-Cookie` header for the whole site that ends with the browser and stays home on cross-site posts. */
export const writeCookie = (name: string, value: string, { httpOnly }: CookieOptions): string =>
  `${name}=${encodeURIComponent(value)}; Path=/; SameSite=Lax${httpOnly ? '; HttpOnly' : ''}`
