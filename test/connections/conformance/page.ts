import { reverb } from '../../../src/connections/reverb'
import { createCartEchoIn } from '../../../src/create-cart-echo'
import { browserEnvironment } from '../../../src/page/environment'

/** Where a page connects, and for whom. */
export interface PagePlace {
  readonly port: number
  readonly key: string
  readonly user: string
  /** The shop's endpoint for authorisations. */
  readonly authorise: typeof fetch
}

/** A page as the conformance run knows one: what it says of its connection, and what it was told. */
export interface ConformingPage {
  /** Name and reason. */
  readonly connection: () => string
  /** The changes told since this was last called, in order, as JSON. */
  readonly heard: () => readonly string[]
  readonly stop: () => void
}

/** Opens a page of ours, with `reverb()` and without a check: only the socket can tell it anything. */
export const openPage = ({ port, key, user, authorise }: PagePlace): ConformingPage => {
  const auth = { endpoint: 'http://shop.test/broadcasting/auth', fetch: authorise }
  const cart = createCartEchoIn(
    { ...browserEnvironment(), hasPage: true },
    {
      user,
      connect: reverb({ key, host: '127.0.0.1', port, scheme: 'http', auth }),
      target: null,
      tabs: false,
      onError: () => undefined,
    },
  )
  const heard: string[] = []
  cart.on('cart.conditions.changed', ({ message, changes }) => heard.push(JSON.stringify({ message, changes })))
  cart.start()
  return {
    connection: () => {
      const { name, reason } = cart.connection.get()
      return `${name}: ${reason}`
    },
    heard: () => heard.splice(0),
    stop: () => cart.stop(),
  }
}
