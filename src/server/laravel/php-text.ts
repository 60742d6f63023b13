const PHP_PARTS = /('(?:\\[\s\S]|[^'\\])*'|"(?:\\[\s\S]|[^"\\])*")|\/\*[\s\S]*?(?:\*\/|$)|(?:\/\/|#(?!\[))[^\r\n]*/g

/** Spaces in the place of a text, in as many lines. */
export const blank = (text: string): string => text.replace(/[^\r\n]/g, ' ')

/** PHP with spaces in the place of its comments, so that everything else stays where it is. */
export const withoutComments = (php: string): string =>
  php.replace(PHP_PARTS, (whole, string: string | undefined) => string ?? blank(whole))

/** Blade and HTML with spaces in the place of their comments. One without its end goes to that of the text. */
export const withoutBladeComments = (blade: string): string =>
  blade.replace(/\{\{--[\s\S]*?(?:--\}\}|$)|<!--[\s\S]*?(?:-->|$)/g, blank)

const SCRIPT_PARTS = /('(?:\\[\s\S]|[^'\\\r\n])*'|"(?:\\[\s\S]|[^"\\\r\n])*")|\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\r\n]*/g

/** JavaScript with spaces in the place of its comments, as far as that can be seen without parsing it. */
export const withoutScriptComments = (script: string): string =>
  script.replace(SCRIPT_PARTS, (whole, string: string | undefined) => string ?? blank(whole))

/** How the lines of a text end: as its first one does. */
export const lineEndOf = (text: string): '\n' | '\r\n' => (/\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n')

/** The same text with `\n` at the end of its lines. */
export const withPlainLines = (text: string): string => text.replaceAll('\r\n', '\n')

/** What stands between a bracket and the one that closes it; null where nothing does. `at` is where the first stands. */
export const insideBrackets = (text: string, at: number): string | null => {
  let depth = 0
  for (let index = at; index < text.length; index += 1) {
    const letter = text[index] ?? ''
    if ('[({'.includes(letter)) depth += 1
    if ('])}'.includes(letter)) depth -= 1
    if (depth === 0) return text.slice(at + 1, index)
  }
  return null
}
