const TAG = /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i

/** A language as `lang` wants it: Laravel writes `zh_CN`. Null for what is none. Never throws. */
export const readLanguage = (value: unknown): string | null => {
  const tag = typeof value === 'string' ? value.trim().replaceAll('_', '-') : ''
  return TAG.test(tag) ? tag : null
}

/** True when text in one is read well by a voice of the other: `en` and `en-GB`, not `zh-Hans` and `zh-Hant`. */
export const isSameLanguage = (one: string, other: string): boolean => {
  const [a, b] = [`${one}-`.toLowerCase(), `${other}-`.toLowerCase()]
  return a.startsWith(b) || b.startsWith(a)
}
