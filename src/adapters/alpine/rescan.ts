import { unclobbered } from '../../engine/environment'

/** Whether Alpine has initialised the page already. */
export const hasStarted = (): boolean =>
  '_x_dataStack' in (unclobbered(document, 'querySelector').call(document, '[x-data]') ?? {})

/**
 * Makes an Alpine that has already started read the attributes that it could not understand without the plugin: Alpine evaluates an attribute again when
 * it is written (alpinejs src/mutation.js). The element's data and other attributes stay.
 */
export const rescan = (): void => {
  for (const { attributes } of document.querySelectorAll('[x-data], [x-data] *')) {
    for (const attribute of attributes) if (isOurs(attribute)) rewrite(attribute)
  }
}

const isOurs = ({ name, value }: Attr): boolean =>
  name.startsWith('x-cart-echo') || (/^(x-|[@:])/.test(name) && value.includes('cartEcho'))

// Written through the attribute node: setAttribute refuses names like @click in some browsers.
const rewrite = (attribute: Attr): void => {
  const { value } = attribute
  attribute.value = value
}
