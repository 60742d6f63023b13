import type { AlpineLike, HandleDirective } from './alpine-like'
import type { ShownCart } from './shown-cart'

// Marks an Alpine that has the plugin. The symbol is the same in every copy and version.
const APPLIED = Symbol.for('cart-echo.alpine')

/**
 * The plugin of `cartEcho(cart)`, of what the script tag has before its code, too: gives Alpine `$cartEcho` and `$store.cartEcho`, made by `showIn`, unless
 * they are taken; and `x-cart-echo`, handled by what `directiveOf` makes. An Alpine that has it already is left alone.
 */
export const alpinePlugin =
  (showIn: (Alpine: AlpineLike) => ShownCart, directiveOf: (Alpine: AlpineLike, shown: ShownCart) => HandleDirective) =>
  (Alpine: AlpineLike & { [APPLIED]?: boolean }): void => {
    if (Alpine[APPLIED]) return
    Alpine[APPLIED] = true
    const shown = showIn(Alpine)
    if (!('$cartEcho' in magicsOf(Alpine))) Alpine.magic('cartEcho', () => shown)
    if (!Alpine.store('cartEcho')) Alpine.store('cartEcho', shown)
    const directive = directiveOf(Alpine, shown)
    // Livewire's morph clones elements to compare them; the listeners of a clone would never end.
    Alpine.directive('cart-echo', Alpine.skipDuringClone?.(directive) ?? directive)
    rescan()
  }

/** The magic properties of an Alpine; none of one that is too old to say. */
export const magicsOf = (Alpine: AlpineLike): { readonly $cartEcho?: unknown } =>
  Alpine.injectMagics?.({}, document.createElement('i')) ?? {}

/**
 * Makes an Alpine that has already started read the attributes that it could not understand without the plugin: Alpine evaluates an attribute again when
 * it is written (alpinejs src/mutation.js). The element's data and other attributes stay. One that has not started notices nothing.
 */
const rescan = (): void => {
  for (const { attributes } of document.querySelectorAll('[x-data], [x-data] *')) {
    for (const attribute of attributes) {
      const { name, value } = attribute
      // Written through the attribute node: setAttribute refuses names like @click in some browsers.
      if (/^x-cart-echo/.test(name) || (/^(x-|[@:])/.test(name) && /cartEcho/.test(value))) attribute.value = value
    }
  }
}
