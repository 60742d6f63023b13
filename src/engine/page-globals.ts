import { attempt, own } from './shape'

/**
 * What the page itself has put on `window` by that name; undefined where nothing, or only an element or a frame that bears it
 * (https://html.spec.whatwg.org/multipage/nav-history-apis.html#named-access-on-the-window-object). Never throws.
 */
export const pageGlobal = (name: string): unknown => attempt(() => own(globalThis as Record<string, unknown>, name))

/**
 * What an object of the browser has by that name, where an image, a form or a frame of the name would stand in its place
 * (https://html.spec.whatwg.org/multipage/dom.html#dom-document-nameditem). What the page has put there of the same kind is left, as a test does with
 * `visibilityState`.
 */
export const unclobbered = <Holder extends object, Name extends keyof Holder>(
  holder: Holder,
  name: Name,
): Holder[Name] => {
  const found = holder[name]
  const native: Holder[Name] = Reflect.get(Object.getPrototypeOf(holder), name, holder)
  // A document of a test has nothing native.
  if (native === undefined) return found
  return typeof found === 'object' || typeof found !== typeof native ? native : found
}
