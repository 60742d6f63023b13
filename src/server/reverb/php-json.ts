import { isObject, parseJson } from '../http/fields'

/** How many levels of arrays and objects PHP reads. */
const MAX_DEPTH = 512

/** The value of a JSON text as PHP reads it; undefined when it is none, or too deep. Never throws. Source: PHP. */
export const readPhpJson = (text: string): unknown => {
  const value = parseJson(text)
  return isDeeper(value, MAX_DEPTH) ? undefined : value
}

/** PHP reads `{}` as an empty array and writes it as `[]`. The value must not be deeper than PHP reads. */
export const asPhpArray = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asPhpArray)
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([name, inner]) => [name, asPhpArray(inner)])
  return entries.length === 0 ? [] : Object.fromEntries(entries)
}

const isDeeper = (value: unknown, levels: number): boolean => {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}
