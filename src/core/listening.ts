import { type Decode, decodeAnything, decodeConditionsChanged } from './decode'
import { decodeOnce } from './decode-once'
import { CartEchoError } from './errors'
import { type CartEventMap, type CartEventName, domEventName } from './events'
import { ownOnly } from './shape'

/**
 * An event of your own with its decoder: `decode` gets plain, bounded JSON, which it may change, and returns the payload, or throws to skip it. It runs once
 * for each broadcast; what it returns is frozen, as deep as it is plain.
 */
export type EventDefinition = {
  [Name in CartEventName]: {
    name: Name
    decode: (payload: Record<string, unknown>) => CartEventMap[Name]
  }
}[CartEventName]

/** An entry of the `events` option: a name (any JSON object passes as its payload), or a name with its decoder. */
export type EventOption = CartEventName | EventDefinition

/** What a page listens to. */
export interface Listening {
  /** The decoder of each event, by its name on the wire; it runs once for each payload. */
  readonly events: ReadonlyMap<string, Decode<unknown>>
  /** The cart instance that is told. */
  readonly instance: string
}

/**
 * What a page listens to: `cart.conditions.changed` always, your own events beside it, one cart instance.
 * @throws {CartEchoError} `invalid-event` for a name that cannot be one, or two names with the same DOM name.
 */
export const readListening = (events: readonly EventOption[] = [], instance = 'default'): Listening => {
  const decoders = new Map<string, Decode<unknown>>([['cart.conditions.changed', decodeConditionsChanged]])
  for (const entry of events) {
    const [name, decode] =
      typeof entry === 'string' ? [entry, decodeAnything] : [entry.name, ownOnly(entry).decode ?? decodeAnything]
    insistOnName(name)
    if (typeof entry !== 'string' || !decoders.has(name)) decoders.set(name, decode)
  }
  insistOnDomNames([...decoders.keys()])
  const once = [...decoders].map(([name, decode]) => [name, decodeOnce(decode)] as const)
  return { events: new Map(once), instance }
}

/** The error for a listener of an event that is not listened to. */
export const unknownEvent = (name: string): CartEchoError =>
  new CartEchoError(
    'invalid-event',
    name.startsWith('.')
      ? `Leave the leading dot out of ${name}: it is Echo's, and cart-echo adds it.`
      : `There is no event ${name} here, so nothing would call this listener: correct the name, or add it to events.`,
  )

const insistOnName = (name: string): void => {
  if (name.startsWith('.')) throw unknownEvent(name)
  // Judged by the DOM name: cart.echo.status would be dispatched as our own cart-echo-status.
  if (/^[\w-]+(\.[\w-]+)+$/.test(name) && !domEventName(name).startsWith('cart-echo-')) return
  throw new CartEchoError(
    'invalid-event',
    `${JSON.stringify(name)} cannot be the name of an event. Use words joined by dots, as in broadcastAs(): cart.stock.changed.`,
  )
}

const insistOnDomNames = (names: readonly string[]): void => {
  const taken = new Map<string, string>()
  for (const name of names) {
    const other = taken.get(domEventName(name))
    if (other) {
      throw new CartEchoError('invalid-event', `${other} and ${name} would be the same DOM event. Rename one of them.`)
    }
    taken.set(domEventName(name), name)
  }
}
