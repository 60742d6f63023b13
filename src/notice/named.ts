/**
 * True where a text names a value already: a name whatever its capitals are, an amount whatever its spaces are. Neither is named by a longer word, or a longer
 * number, that begins or ends with it. Nothing is named in any text.
 */
export const isNamedIn = (text: string, value: string | null): boolean => {
  if (value === null) return true
  // Names hold whatever they hold, so each sign is taken for itself.
  const signs = [...value]
    .filter((sign) => sign.trim() !== '')
    .map((sign) => sign.replace(/[\^$\\.*+?()[\]{}|/]/, '\\$&'))
  const places = [...text.matchAll(new RegExp(signs.join('\\s*'), 'giu'))]
  return places.some(({ 0: found, index }) => {
    const [before, after] = [text.slice(0, index), text.slice(index + found.length)]
    return !CUTS.some(
      ([end, start]) => (end.test(before) && start.test(found)) || (end.test(found) && start.test(after)),
    )
  })
}

// What goes on across a border: a number with its marks, of which the space is one; a word in scripts that write spaces between words.
const CUTS = [
  [/\d[.,'’\s]?$/, /^[.,'’\s]?\d/],
  [/\p{LC}\p{M}*$/u, /^\p{LC}/u],
] as const
