import { randomInt, randomUUID } from 'node:crypto'

// Nobody is on these channels: they are asked for, and never joined.

/** The id of nobody in particular, of the same kind, that no rule of right mind takes for this one. */
export const strangersId = (user: string): string => {
  if (/^\d+$/.test(user)) return String(BigInt(user) + BigInt(randomInt(1_000_000, 9_000_000)))
  const [digit = ''] = /\d/.exec(user) ?? []
  // Another number at its beginning, also as PHP's `(int)` reads it.
  const start = digit === '7' || !/^\d/.test(user) ? '8' : '7'
  return isUuid(user) ? `${start}${randomUUID().slice(1)}` : `${start}${user.slice(1)}x`
}

/** An id that is another's, and the same one as PHP's `(int)` reads both: the digits that they begin with. */
export const collidingId = (user: string): string => {
  if (/^\d+$/.test(user)) return `${user}abc`
  const last = user.at(-1) ?? ''
  return `${user.slice(0, -1)}${last.toLowerCase() === 'a' ? 'b' : 'a'}`
}

const isUuid = (text: string): boolean => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)
