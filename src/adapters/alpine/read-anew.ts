import { unclobbered } from '../../engine/page-globals'

/** Whether Alpine has been at the page already. */
export const hasStarted = (): boolean =>
  '_x_dataStack' in (unclobbered(document, 'querySelector').call(document, '[x-data]') ?? {})

/**
 * Has an Alpine that has started read what it could not understand without the plugin: it looks at an attribute anew when that is written
 * (alpinejs src/mutation.js). What else the element has, and its data, stays.
 */
export const readAnew = (): void => {
  for (const { attributes } of document.querySelectorAll('[x-data], [x-data] *')) {
    for (const attribute of attributes) if (isOurs(attribute)) rewrite(attribute)
  }
}

const isOurs = ({ name, value }: Attr): boolean =>
  name.startsWith('x-cart-echo') || (/^(x-|[@:])/.test(name) && value.includes('cartEcho'))

// By the attribute itself: setAttribute refuses names like @click in some browsers.
const rewrite = (attribute: Attr): void => {
  const { value } = attribute
  attribute.value = value
}
