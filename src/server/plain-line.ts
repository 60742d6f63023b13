/**
 * Text that a terminal shows as it is, in one line: what a page or a server says may hold control characters, which can
 * move the cursor, and marks that turn the direction of writing.
 */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').slice(0, LONGEST)

const LONGEST = 600
