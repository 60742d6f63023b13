/**
 * True when a page from `origin` may connect. Host names are compared, `*` stands for any piece of one; a client without
 * an origin passes only where everybody does. Source: laravel/reverb, `Server::verifyOrigin`.
 */
export const isAllowedOrigin = (allowed: readonly string[], origin: string | undefined): boolean =>
  allowed.includes('*') || allowed.some((pattern) => matches(pattern, hostOf(origin ?? '')))

const hostOf = (origin: string): string => {
  try {
    return new URL(origin).hostname
  } catch {
    return ''
  }
}

const matches = (pattern: string, host: string): boolean => {
  const pieces = pattern.split('*').map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${pieces.join('.*')}$`).test(host)
}
