import type { CartEcho } from '../core/cart-echo'
import { type CartEchoOptions, createCartEcho } from '../create-cart-echo'
import type { PageSettings } from '../dom/page'
import { pageEcho } from './page-echo'
import type { ImportPart } from './parts'

/** Makes the page's cart of what the page says, and of options over it. Throws as `createCartEcho` does. */
export const createFromPage = (
  page: PageSettings,
  options: Partial<CartEchoOptions>,
  importPart: ImportPart,
): CartEcho => createCartEcho({ ...page, echo: pageEcho(page.reverb, importPart), ...options })
