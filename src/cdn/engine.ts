import type { CartEcho } from '../core/cart-echo'
import { type CartEchoOptions, createCartEcho } from '../create-cart-echo'
import type { PageSettings } from '../dom/page'
import { pageEcho } from './page-echo'
import type { ImportPart } from './parts'

/** What a page says and was given. */
export interface PageOptions extends Partial<CartEchoOptions>, Pick<PageSettings, 'reverb'> {}

/** Makes the page's cart. Throws as `createCartEcho` does. */
export const createFromPage = (page: PageOptions, importPart: ImportPart): CartEcho =>
  createCartEcho({ echo: pageEcho(page.reverb, importPart), ...page })
