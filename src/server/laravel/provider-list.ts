import { type Edit, THERE, unsure } from './edit'
import { lineEndOf, withoutComments } from './php-text'

/** The class that Laravel has to be told of. */
export const PROVIDER = 'App\\Providers\\CartEchoServiceProvider'

const LINE = `${PROVIDER}::class`

/** A file that does nothing else than return a list. */
const PLAIN = /^(\uFEFF?<\?php\s+(?:declare\([^()]*\);\s*)?(?:use\s+[\w\\{},\s]+;\s*)*return\s*\[)([^[\]]*)\]\s*;\s*$/

const ITEM = /^(\\?[\w\\]+::class|'[\w\\]+'|"[\w\\]+")$/

/** True where PHP names the provider, outside of comments. */
export const namesProvider = (php: string): boolean => /\bCartEchoServiceProvider\b/.test(withoutComments(php))

/** Adds the provider to the end of bootstrap/providers.php. Only to a plain list of classes: anything else decides by code. */
export const addProvider = (php: string): Edit => {
  if (namesProvider(php)) return THERE
  const items = itemsOf(php)
  if (!items) return unsure('it is not a plain list of classes')
  const text = insert(php, items)
  // Where a comment stands in the way the line may have come to stand in it.
  return itemsOf(text)?.names.at(-1) === LINE ? { kind: 'edited', text } : unsure('a comment stands where it would go')
}

interface Items {
  readonly names: readonly string[]
  /** Where the list begins and ends in the file, between its brackets. */
  readonly from: number
  readonly to: number
}

const itemsOf = (php: string): Items | null => {
  const [, before, inside] = PLAIN.exec(withoutComments(php)) ?? []
  if (before === undefined || inside === undefined) return null
  const names = inside.split(',').map((name) => name.trim())
  // After the last comma nothing has to follow.
  if (names.at(-1) === '') names.pop()
  if (!names.every((name) => ITEM.test(name))) return null
  return { names, from: before.length, to: before.length + inside.length }
}

const insert = (php: string, { names, from, to }: Items): string => {
  const end = lineEndOf(php)
  const list = withoutComments(php).slice(from, to)
  const last = from + list.trimEnd().length
  if (names.length === 0) {
    const rest = list.includes('\n') ? php.slice(from) : `${end}${php.slice(to)}`
    return `${php.slice(0, from)}${end}    ${LINE},${rest}`
  }
  const comma = php[last - 1] === ',' ? '' : ','
  const lineBreak = php.slice(last, to).search(/\r?\n/)
  if (lineBreak === -1) return `${php.slice(0, last)}${comma} ${LINE}${php.slice(last)}`
  const indent = /[ \t]*$/.exec(php.slice(0, from + list.trimEnd().search(/\S[^\r\n]*$/)))?.[0] ?? ''
  const at = last + lineBreak
  return `${php.slice(0, last)}${comma}${php.slice(last, at)}${end}${indent}${LINE},${php.slice(at)}`
}
