import { upwards } from './reach'

const TAG = /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i

/** A language tag as `lang` takes it, also from Laravel's `zh_CN`. Null when it is not one. Never throws. */
export const readLanguage = (value: unknown): string | null => {
  const tag = typeof value === 'string' ? value.trim().replaceAll('_', '-') : ''
  return TAG.test(tag) ? tag : null
}

/** True when a voice for one language reads the other well: `en` and `en-GB`, not `zh-Hans` and `zh-Hant`. */
export const isSameLanguage = (one: string, other: string): boolean => {
  const [a, b] = [`${one}-`.toLowerCase(), `${other}-`.toLowerCase()]
  return a.startsWith(b) || b.startsWith(a)
}

/** The language of an element, as the page says it. Empty when it says none. */
export const languageAround = (element: Element): string => {
  for (const one of upwards(element)) if (one.hasAttribute('lang')) return one.getAttribute('lang') ?? ''
  return ''
}

/** Sets an element's `lang` when its text is not in the page's language. */
export const mark = (element: Element, { lang }: { readonly lang: string | null }, pageLang: string): void => {
  if (lang === null || isSameLanguage(lang, pageLang)) element.removeAttribute('lang')
  else element.setAttribute('lang', lang)
}
