import { pageGlobal } from '../engine/environment'
import type { CartEchoError } from '../engine/errors'
import type { CartEventName } from '../engine/events'
import { ownOnly } from '../engine/shape'
import { DISPATCHER, isParsed, whenParsed } from '../page/dom-events'
import { earlyError, guarded } from './early-error'
import type { Opened, StartOptions } from './engine'
import { createFacade, type Facade } from './facade'
import { glanceAt } from './glance'
import { joinPage } from './join-page'
import type { CartEchoGlobal, CartEchoStub, WhenReady } from './on-window'
import { createOwnTag, findTag, sourceOf } from './own-tag'
import { createImport } from './parts'
import { whenDone } from './when-done'

/** Inserted by the build: this version, and the integrity of its engine, which knows those of the other parts. */
declare const CART_ECHO_BUILT: { readonly version: string; readonly engine: string }

const { version, engine } = CART_ECHO_BUILT
const script = findTag()

// The same symbol in every copy and version.
const ADOPT = Symbol.for('cart-echo.adopt')

/** What the global may be: another copy, of whatever version, or the stub. */
type Named = {
  CartEcho?: Partial<CartEchoGlobal> & {
    queue?: CartEchoStub['queue']
    warned?: boolean
    /** Called with the tag of each further copy that runs. False: it says nothing new. */
    [ADOPT]?: (tag: HTMLScriptElement | null) => boolean
  }
}

/** Creates the page's cart, gives it to the callbacks that the stub has queued, and starts it when the page is parsed. */
const open = (queue: unknown): void => {
  if (!script) warn('No tag found: as a module, use cart-echo.esm.js.')
  const tag = createOwnTag(script)
  const events = (script?.getAttribute('data-events')?.match(/[^\s,]+/g) ?? []) as CartEventName[]
  let options: StartOptions = ownOnly({ events })
  let isByHand = script?.hasAttribute('data-manual')
  let opened: Opened | undefined
  const importPart = createImport(sourceOf(script), script?.nonce)

  const onError = (error: CartEchoError): void => {
    try {
      if (options.onError) options.onError(error)
      else console.error(`[cart-echo] ${error.code}:`, error)
    } catch {}
  }

  const facade: Facade = createFacade({
    load: async (said) => {
      await whenDone()
      const part = await importPart<typeof import('./engine')>('engine', engine)
      opened = await part.open({ cart, script, tag: tag.identity, options: () => options, said, importPart })
      return opened.cart
    },
    events: () =>
      (options.events ?? []).map((event) => (typeof event === 'string' ? event : event.name) as CartEventName),
    status: (detail) => {
      const { target = document } = options
      // Listeners may not be there yet, and another copy of the SDK may dispatch.
      if (target && isParsed() && !(DISPATCHER in target)) dispatch(target, 'cart-echo-status', detail)
    },
    onError,
  })
  const { cart } = facade

  const visited = (): void => {
    if (opened) cart.identify(opened.page())
    else facade.visit(ownOnly({ ...glanceAt(tag.identity()), ...options }))
  }

  const ready = (callback: WhenReady): void => guarded('CartEcho.ready', () => callback(cart), onError)

  const inspect = () =>
    importPart<typeof import('./engine')>('engine', engine)
      .then((part) => part.inspect(cart, importPart))
      .catch(onError as () => undefined)

  ;(globalThis as Named).CartEcho = {
    version,
    cart,
    start: (more) => {
      if (more) {
        if (opened || cart.connection.get().reason === 'loading')
          throw earlyError('invalid-options', 'Options come too late: put data-manual on the tag.')
        options = ownOnly(more)
        for (const name in options)
          if (options[name as keyof StartOptions] === undefined) delete options[name as keyof StartOptions]
        options.events ??= events
        visited()
      }
      isByHand = true
      return cart.start()
    },
    ready,
    inspect,
    [ADOPT]: (next) => {
      const isNew = tag.adopt(next)
      if (isNew) visited()
      return isNew
    },
  }
  if (Array.isArray(queue)) queue.forEach(ready)
  joinPage(facade, (...args) => (opened as Opened).joinAlpine(...args), visited)
  whenParsed(() => {
    visited()
    dispatch(document, 'cart-echo-ready', cart)
    if (!isByHand) cart.start()
    // Here, for a page where nobody is logged in fetches no code that could look for it.
    if (script?.getAttribute('data-inspect') === '') inspect()
  })
}

const warn = (words: string): void => console.warn(`[cart-echo] ${words}`)

const dispatch = (target: EventTarget, name: string, detail: unknown): unknown =>
  target.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }))

/**
 * When another copy, of whatever version, was there first, that one stays, and this one only passes its tag to it, with one warning per page. No warning
 * when that tag says something new, which is why it ran: `wire:navigate` runs a script in `<body>` again at each visit.
 */
const before = pageGlobal('CartEcho') as Named['CartEcho']
if (before?.version) {
  const isAdopted = before[ADOPT]?.(script) && before.version === version
  if (!isAdopted && !before.warned) {
    warn(`The page has ${before.version} already; ${version} does nothing.`)
    before.warned = true
  }
} else open(before?.queue)
