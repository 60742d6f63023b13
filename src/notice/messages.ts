import { unclobbered } from '../engine/environment'
import type { NoticeTemplate } from './say'

/** The values that a template may name: strings as the server sent them; null when it sent none. */
export interface NoticeValues {
  /** The server's message. */
  readonly message: string | null
  /** The name of the promotion or other condition, as the shop shows it. */
  readonly name: string | null
  /** The newest total. */
  readonly total: string | null
  /** The subtotal after the change. */
  readonly subtotal: string | null
  /** What the shopper still saves after the change. */
  readonly savings: string | null
}

/** The fixed texts of the notice, and texts by code. What is left out is in English. An empty template is never shown. */
export interface NoticeMessages {
  /** The language of these texts, such as `ms`. Default: the page's. */
  readonly lang?: string | undefined
  /** The accessible name of the notice. Default `Cart update`. */
  readonly label?: string | undefined
  /** The accessible name of its button. Default `Dismiss`. */
  readonly dismiss?: string | undefined
  /** For a change without a message. Default `Your cart has changed.` */
  readonly changed?: NoticeTemplate<NoticeValues> | undefined
  /** Default `{name} has ended.` */
  readonly removed?: NoticeTemplate<NoticeValues> | undefined
  /** Default `{name} was added.` */
  readonly added?: NoticeTemplate<NoticeValues> | undefined
  /** Default `New total: {total}` */
  readonly total?: NoticeTemplate<NoticeValues> | undefined
  /**
   * How many changes came before the newest: a template that may name `{count}`, or one for each plural form, such as `{ one: …, other: … }`. Default
   * `And 1 more change.`, `And 2 more changes.`
   */
  readonly more?: NoticeTemplate<{ readonly count: number }> | PluralForms | undefined
  /** The same when there are too many to count. Default `And many more changes.` */
  readonly many?: string | undefined
  /** Texts to show instead of the server's message, by the change's `cart_echo.code`, such as `condition_removed`. Default: none. */
  readonly codes?: Readonly<Record<string, NoticeTemplate<NoticeValues>>> | undefined
}

/** The English texts of a notice. */
export const ENGLISH = Object.freeze({
  label: 'Cart update',
  dismiss: 'Dismiss',
  changed: 'Your cart has changed.',
  removed: '{name} has ended.',
  added: '{name} was added.',
  total: 'New total: {total}',
  more: ({ count }: { readonly count: number }) => `And ${count} more ${count === 1 ? 'change' : 'changes'}.`,
  many: 'And many more changes.',
})

/** A text for each plural form of a language; `other` for the rest: https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html */
export type PluralForms = { readonly [Form in Intl.LDMLPluralRule]?: string | undefined }

/** The text for a number in that language, or in the browser's. Undefined when there is none. Never throws. */
export const formFor = (count: number, forms: PluralForms, lang: string | null): string | undefined => {
  try {
    return forms[new Intl.PluralRules(lang ?? undefined).select(count)] ?? forms.other
  } catch {
    return forms.other
  }
}

const BLOCK = 'script[type="application/json"][data-cart-echo-notice]'

/**
 * The texts in the page's last `data-cart-echo-notice` block in `<body>` (`wire:navigate` leaves old ones in `<head>`). Empty without such a block, and,
 * with a warning, when it cannot be read. Never throws.
 */
export const messagesOfPage = (): NoticeMessages => {
  const block = [...unclobbered(document, 'body').querySelectorAll(BLOCK)].at(-1)
  if (!block) return {}
  const words = parse(block.textContent ?? '')
  if (typeof words === 'object' && words !== null) return words
  console.warn('cart-echo: data-cart-echo-notice is not a JSON object.')
  return {}
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
