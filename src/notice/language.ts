import { upwards } from './reach'

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

/** The language that the page says an element is in. Empty where it says none. */
export const languageAround = (element: Element): string => {
  for (const one of upwards(element)) if (one.hasAttribute('lang')) return one.getAttribute('lang') ?? ''
  return ''
}

/** Says which language an element's words are in, where it is not the page's. */
export const mark = (element: Element, { lang }: { readonly lang: string | null }, pageLang: string): void => {
  if (lang === null || isSameLanguage(lang, pageLang)) element.removeAttribute('lang')
  else element.setAttribute('lang', lang)
}
