import { CartEchoError, unfit } from './errors'
import { createDecoder, type Decode, type Decoder, decodeAnything, decodeConditionsChanged } from './payload'
import { ownOnly } from './shape'

/** An id of the shop: an integer, UUID or ULID. Always compared as a string. */
export type Id = string | number

/** What one condition (a promotion, a fee, a tax) did to the cart. */
export interface ChangedCondition {
  /** What happened to it, such as `removed`, `added` or `changed`. */
  readonly action: string
  /** Its name as the shop shows it. */
  readonly display_name: string
  /** What kind it is, such as `discount`, `fee` or `tax`; shops add their own. */
  readonly type?: string | null | undefined
  /** What it is worth as the shop writes it, such as `-10%` or `+5`. Display only. */
  readonly value?: string | number | null | undefined
  /** The cart line it belongs to; `null` when it belongs to the whole cart. */
  readonly item_id?: Id | null | undefined
}

/**
 * The cart's totals in minor units (sen, cents) by ISO 4217, for pages that calculate or format themselves. The divisor is the shop's: the fraction digits of
 * `Intl` are none for IDR, HUF and others in some browsers, and two in others (ICU 78).
 */
export interface CartTotals {
  /** ISO 4217 code, such as `MYR`. */
  readonly currency: string
  readonly subtotal: number
  readonly total: number
  /** What the shopper still saves after the change, never below 0. */
  readonly savings: number
  /** The total before the change. */
  readonly previous_total?: number | null | undefined
}

/** What changed. Every key is optional: a simple server only says that something did. */
export interface CartChanges {
  /** The condition that went away, named as the shop shows it. */
  readonly condition_removed?: string | null | undefined
  /** Formatted by the server: show it, never parse it. */
  readonly new_subtotal?: string | null | undefined
  /** Formatted by the server: show it, never parse it. */
  readonly new_total?: string | null | undefined
  /** What the shopper still saves after the change, formatted by the server. */
  readonly savings?: string | null | undefined
  readonly conditions?: readonly ChangedCondition[] | null | undefined
  readonly totals?: CartTotals | null | undefined
}

/** What a server with a log adds to a broadcast: the change's place in the shopper's log, and hints for handling it. */
export interface CartEchoBlock {
  /** Identifies one run of the owner's counter; it differs after the counter was reset. 1 to 32 of `A-Z a-z 0-9 _ -`. */
  readonly epoch?: string | null | undefined
  /** The number of the change in the owner's log: counts up from 1 without gaps, in commit order. Comes with `epoch`. */
  readonly seq?: number | null | undefined
  /** Identifies the change, for servers without a counter. */
  readonly id?: Id | null | undefined
  /** The cart's own id. */
  readonly cart?: Id | null | undefined
  /** The cart instance, `default` when left out. */
  readonly instance?: string | null | undefined
  readonly version?: number | null | undefined
  /** Why it happened, for messages in the page's own language, such as `condition_removed`. */
  readonly code?: string | null | undefined
  /** The language of `message`, such as `ms`. */
  readonly locale?: string | null | undefined
  /** Over how many milliseconds pages spread the refreshes that this change causes. */
  readonly spread_ms?: number | null | undefined
  /** When the server sent it, in milliseconds since 1970 by its own clock: for figures only, such as those of `cart-echo/stats`. */
  readonly sent_at_ms?: number | null | undefined
}

/** The payload of `cart.conditions.changed` as the server sent it, unknown keys included. Frozen: all listeners get the same object. */
export interface CartConditionsChanged {
  /** The text to show the shopper; `null`: refresh without a message. */
  readonly message: string | null
  readonly changes: CartChanges
  /** ISO 8601, for display. Never used to order changes. */
  readonly timestamp: string
  readonly cart_echo?: CartEchoBlock | null | undefined
}

/**
 * Every event name with its payload. Add your own by declaration merging, and list it in the
 * `events` option, or it is not listened to.
 *
 * @example
 * import type {} from 'cart-echo'
 * declare module 'cart-echo' {
 *   interface CartEventMap { 'cart.stock.changed': { sku: string; left: number } }
 * }
 */
export interface CartEventMap {
  /** A promotion or another condition of the shopper's cart changed on the server. */
  'cart.conditions.changed': CartConditionsChanged
}

/** The name of an event, as on the wire and in callbacks, without Echo's leading dot. */
export type CartEventName = keyof CartEventMap & string

/** The DOM name of an event: `cart.conditions.changed` becomes `cart-conditions-changed`. */
export type DomEventName<Name extends string> = Name extends `${infer Head}.${infer Tail}`
  ? `${Head}-${DomEventName<Tail>}`
  : Name

/** How one change reached the page: the second argument of every listener. */
export interface ChangeMeta<Name extends CartEventName = CartEventName> {
  readonly event: Name
  /** Identifies the change; the same in every tab. */
  readonly key: string
  /** `socket`: pushed live. `check`: read from the server's log. */
  readonly via: 'socket' | 'check'
  /** When this browser received it, as `Date.now()`. */
  readonly receivedAtMs: number
  /** True for a change that a check without a log reported: it has a message, and nothing else is known. */
  readonly bare?: true | undefined
}

/** A payload. Where it has no `message`, one may look for it all the same, so that code that was written before there were further events goes on compiling. */
type WithMessage<Payload> = Payload extends { readonly message?: unknown }
  ? Payload
  : Payload & { readonly message?: undefined }

/** One change, and how it arrived. `event` tells the types of payload apart; the `message` of the payload can be read without. */
export type Change = {
  [Name in CartEventName]: {
    readonly event: Name
    readonly change: WithMessage<CartEventMap[Name]>
    readonly meta: ChangeMeta<Name>
  }
}[CartEventName]

/**
 * The DOM name of an event. Dots become hyphens, because Alpine reads a dot as a modifier and jQuery as a name space.
 * Never throws.
 */
export const domEventName = <Name extends string>(name: Name): DomEventName<Name> =>
  name.replaceAll('.', '-') as DomEventName<Name>

/** What a notice is about to show: the detail of `cart-echo-notice`. */
export interface CartEchoNotice {
  /** The text to show. It contains names that people typed: never insert it as HTML. */
  readonly text: string
  /** The language of the text, such as `ms`; empty when neither the server nor the page names one. */
  readonly lang: string
  /** The changes that the text is about, oldest first: one, or a burst. */
  readonly changes: readonly Change[]
}

/**
 * An event of your own with its decoder. `decode` gets plain JSON of limited size, which it may modify, and returns the payload; when it throws, the
 * broadcast is skipped. It runs once for each broadcast. What it returns is frozen, with the plain objects and arrays inside.
 */
export type EventDefinition = {
  [Name in CartEventName]: {
    name: Name
    decode: (payload: Record<string, unknown>) => CartEventMap[Name]
  }
}[CartEventName]

/**
 * An entry of the `events` option: a name (any JSON object is accepted as its payload), or a name with its decoder. Any name works for DOM events; for
 * `cart.on()` in TypeScript, add the payload to `CartEventMap` first.
 */
export type EventOption = CartEventName | (string & {}) | EventDefinition

/** What a page listens to. */
export interface Listening {
  /** The decoder of each event, by its name on the wire. */
  readonly events: ReadonlyMap<string, Decoder>
  /** The cart instance to listen to. */
  readonly instance: string
}

/**
 * Reads what a page listens to: `cart.conditions.changed` always, your own events, and one cart instance.
 * @throws {CartEchoError} `invalid-event` for a name that cannot be one, a decoder that is no function, or two names with the same DOM name; `invalid-options` for
 * an instance that is no name: such a page would hear nothing.
 */
export const readListening = (events: readonly EventOption[] = [], instance = 'default'): Listening => {
  if (!Array.isArray(events)) throw notEvents(events)
  if (typeof instance !== 'string') throw unfit('invalid-options', 'instance', 'a name', instance)
  const decoders = new Map<string, Decoder>()
  const add = (name: string, decode: Decode<unknown>): void => void decoders.set(name, createDecoder(name, decode))
  add('cart.conditions.changed', decodeConditionsChanged)
  for (const entry of events) {
    const { name, decode } = ownOnly<Named>(typeof entry === 'string' ? { name: entry } : entry)
    if (typeof name !== 'string') throw notEvents(entry)
    insistOnName(name, [...decoders.keys()])
    if (decode && typeof decode !== 'function') throw notEvents(decode)
    // It is given the payload only: what it does with further arguments is its own.
    if (decode) add(name, (payload) => decode(payload))
    else if (!decoders.has(name)) add(name, decodeAnything)
  }
  return { events: decoders, instance }
}

interface Named {
  readonly name: string
  readonly decode?: (payload: Record<string, unknown>) => unknown
}

/** The error for a listener whose event is not in the `events` option. */
export const unknownEvent = (name: string): CartEchoError =>
  new CartEchoError(
    'invalid-event',
    String(name).startsWith('.')
      ? `Leave the leading dot out of ${name}.`
      : `No event ${name}: correct it, or add it to events.`,
  )

const notEvents = (actual: unknown): CartEchoError =>
  unfit('invalid-event', 'events', 'names such as cart.stock.changed', actual)

const insistOnName = (name: string, others: readonly string[]): void => {
  if (name.startsWith('.')) throw unknownEvent(name)
  const domName = domEventName(name)
  // Judged by the DOM name: cart.echo.status would be dispatched as our own cart-echo-status.
  if (!/^[\w-]+(\.[\w-]+)+$/.test(name) || domName.startsWith('cart-echo-')) throw notEvents(name)
  const other = others.find((one) => one !== name && domEventName(one) === domName)
  if (other) throw new CartEchoError('invalid-event', `${name} and ${other} are one DOM event: rename one.`)
}
