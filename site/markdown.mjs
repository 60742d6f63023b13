// What links and headings a document has. Code is no text: what looks like a link in it is none.

const FENCE = /^ {0,3}(`{3,}|~{3,})/

/** The lines of a document, each with whether it is code. */
const linesOf = (markdown) => {
  let fence = null
  return markdown.split('\n').map((line) => {
    const [, mark] = FENCE.exec(line) ?? []
    const isCode = fence !== null || mark !== undefined
    if (fence === null) fence = mark ?? null
    else if (mark?.startsWith(fence) && line.trim() === mark) fence = null
    return { line, isCode }
  })
}

/** The fragment by which GitHub leads to a heading. */
export const slugOf = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')

/** What a heading says, without its marks. */
const plain = (heading) => heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '')

/**
 * Every fragment of a document that can be linked to; a heading that comes again has a number.
 * @param {string} markdown
 * @returns {string[]}
 */
export const fragmentsOf = (markdown) => {
  const times = new Map()
  return linesOf(markdown)
    .filter(({ isCode }) => !isCode)
    .flatMap(({ line }) => /^#{1,6} +(.+?)(?: +#+)?$/.exec(line)?.[1] ?? [])
    .map((heading) => {
      const slug = slugOf(plain(heading))
      const before = times.get(slug) ?? 0
      times.set(slug, before + 1)
      return before === 0 ? slug : `${slug}-${before}`
    })
}

// A link or a picture; what stands between backticks is passed over.
const LINK = /(`+)(?:(?!\1)[\s\S])*?\1|(!?)\[((?:[^[\]`]|`[^`]*`|!?\[[^\]]*\]\([^)]*\))*)\]\(([^)\s]+)\)/g

/**
 * Rewrites each link of a document. `rewrite` gives what stands in the place of one, or null: it stays as it is.
 * @param {string} markdown
 * @param {(link: { address: string, words: string, isPicture: boolean }) => string | null} rewrite
 * @returns {string}
 */
export const rewriteLinks = (markdown, rewrite) => {
  const rewriteText = (text) =>
    text.replace(LINK, (whole, code, bang, linked, address) => {
      if (code !== undefined) return whole
      // It may be a picture itself.
      const words = rewriteText(linked)
      return rewrite({ address, words, isPicture: bang === '!' }) ?? `${bang}[${words}](${address})`
    })
  // Text is taken together, for what is linked may go over the end of a line.
  const parts = []
  for (const { line, isCode } of linesOf(markdown)) {
    const last = parts.at(-1)
    if (last && last.isCode === isCode) last.lines.push(line)
    else parts.push({ isCode, lines: [line] })
  }
  return parts.map(({ isCode, lines }) => (isCode ? lines.join('\n') : rewriteText(lines.join('\n')))).join('\n')
}

/**
 * The address of every link and picture of a document.
 * @param {string} markdown
 * @returns {string[]}
 */
export const linksOf = (markdown) => {
  const found = []
  rewriteLinks(markdown, ({ address }) => {
    found.push(address)
    return null
  })
  return found
}
