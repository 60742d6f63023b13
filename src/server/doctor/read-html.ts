import { defaultTreeAdapter, html, parse } from 'parse5'
import { attempt } from '../../engine/shape'

/** A script of a page that may be the tag. */
export interface FoundScript {
  readonly src: string
  /** An attribute; null without it. */
  attribute(name: string): string | null
}

/** What of a page says something to cart-echo, or about it. */
export interface FoundPage {
  /** The text of each block in `<body>`. */
  readonly blocks: readonly string[]
  /** How many blocks stand in `<head>`, where they are not read. */
  readonly blocksInHead: number
  /** Scripts with a `src`, in order. */
  readonly scripts: readonly FoundScript[]
  /** What `<meta>` in `<head>` says, by name; the first of each. */
  meta(name: string): string | null
  /** The policies of `<meta http-equiv="Content-Security-Policy">` in `<head>`. */
  readonly policies: readonly string[]
}

interface Node {
  readonly nodeName: string
  readonly tagName?: string
  readonly namespaceURI?: string
  readonly attrs?: readonly { readonly name: string; readonly value: string }[]
  readonly childNodes?: readonly Node[]
  readonly value?: string
}

/** More elements than any page has. */
const MOST_ELEMENTS = 300_000
/** More of them in one another than browsers allow, which is 512 in Chromium. */
const DEEPEST = 2_000

/**
 * Reads a page as a browser does, with what that moves: a `<div>` in `<head>` ends it, and what follows is in `<body>`.
 * What scripts would add is not there. Null for a page with more than 300,000 elements, or with more than 2,000 in one another. Never throws.
 */
export const readHtml = (source: string): FoundPage | null => {
  const document = attempt(() => parse(source, { treeAdapter: boundedAdapter() }) as Node)
  return document ? readDocument(document) : null
}

// A page of few bytes may stand for more elements than there is memory for.
const boundedAdapter = (): typeof defaultTreeAdapter => {
  let elements = 0
  let depth = 0
  return {
    ...defaultTreeAdapter,
    createElement: (...made) => {
      elements += 1
      if (elements > MOST_ELEMENTS) throw new RangeError('Too many elements.')
      return defaultTreeAdapter.createElement(...made)
    },
    onItemPush: () => {
      depth += 1
      if (depth > DEEPEST) throw new RangeError('Too deep.')
    },
    onItemPop: () => {
      depth -= 1
    },
  }
}

const readDocument = (document: Node): FoundPage => {
  const root = childOf(document, 'html')
  const head = elementsOf(childOf(root, 'head'))
  const body = elementsOf(childOf(root, 'body'))
  const metas = head.filter(({ tagName }) => tagName === 'meta')
  return {
    blocks: body.filter(isBlock).map(textOf),
    blocksInHead: head.filter(isBlock).length,
    scripts: [...head, ...body].filter(({ tagName }) => tagName === 'script').flatMap(scriptOf),
    meta: (name) => {
      const named = metas.find((one) => attributeOf(one, 'name')?.toLowerCase() === name)
      return named ? attributeOf(named, 'content') : null
    },
    policies: metas
      .filter((one) => attributeOf(one, 'http-equiv')?.toLowerCase() === 'content-security-policy')
      .map((one) => attributeOf(one, 'content') ?? ''),
  }
}

const childOf = (node: Node | undefined, name: string): Node | undefined =>
  node?.childNodes?.find(({ tagName }) => tagName === name)

// Not by recursion: a page may be nested deeper than the stack.
const elementsOf = (top: Node | undefined): readonly Node[] => {
  const all: Node[] = []
  const waiting: Node[] = top ? [top] : []
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.namespaceURI === html.NS.HTML) all.push(node)
    const children = node.childNodes ?? []
    for (let index = children.length - 1; index >= 0; index -= 1) waiting.push(children[index] as Node)
  }
  return all
}

const attributeOf = ({ attrs = [] }: Node, name: string): string | null =>
  attrs.find((one) => one.name === name)?.value ?? null

const isBlock = (node: Node): boolean =>
  node.tagName === 'script' &&
  attributeOf(node, 'type')?.toLowerCase() === 'application/json' &&
  attributeOf(node, 'data-cart-echo') !== null

const textOf = ({ childNodes = [] }: Node): string => childNodes.map(({ value }) => value ?? '').join('')

const scriptOf = (node: Node): FoundScript[] => {
  const src = attributeOf(node, 'src')
  return src ? [{ src, attribute: (name) => attributeOf(node, name) }] : []
}
