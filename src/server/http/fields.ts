import type { Call } from './call'

/** What a request carries as input, by name: of its query, a form, or a JSON object. */
export type Fields = Readonly<Record<string, unknown>>

/** The input of a request, whichever way it came. Malformed JSON is no input at all, as in Laravel. Never throws. */
export const readFields = (call: Call): Fields => {
  if (call.method === 'GET') return Object.fromEntries(call.query)
  if (isJson(call)) return parseObject(call.body.toString('utf8'))
  return Object.fromEntries(new URLSearchParams(call.body.toString('utf8')))
}

/** True when a request says that its body is JSON. */
export const isJson = (call: Call): boolean => /^application\/json\s*(;|$)/i.test(call.headers['content-type'] ?? '')

/** A JSON object out of text; an empty one when the text is anything else. Never throws. */
export const parseObject = (text: string): Fields => {
  const value = parseJson(text)
  return isObject(value) ? value : {}
}

/** The value of a JSON text; undefined when the text is not JSON. Never throws. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** True for JSON objects, false for arrays, null and everything else. */
export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
