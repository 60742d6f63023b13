import { echo as connectEcho } from '../../src/connections/echo'
import { type CartEchoOptions, type CheckSettings, createCartEchoIn } from '../../src/create-cart-echo'
import type { CartEchoError } from '../../src/engine/errors'
import { fakeEcho } from './fake-echo'
import { type FakeEnvironment, fakeEnvironment } from './fake-environment'

/** What a check says to one question. */
export type Says = (asked: URL) => Response | Promise<Response>

/** A page's cart by the public options, on a clock of its own, with an Echo and a check in the test's hand. */
export interface OpenedCart {
  readonly cart: ReturnType<typeof createCartEchoIn>
  readonly environment: FakeEnvironment
  readonly echo: ReturnType<typeof fakeEcho>
  /** The questions to the check, oldest first. */
  readonly asked: readonly URL[]
  /** Message, and total where there is one, of each change told. */
  readonly heard: readonly string[]
  readonly errors: readonly CartEchoError[]
  /** Lets time pass, with a turn for promises after each timer. */
  readonly pass: (ms: number) => Promise<void>
  /** Has the socket opened and the channel of this user confirmed. */
  readonly goLive: (channel?: string) => void
}

/** Opens and starts one for user 1. `says` answers the check; without it there is none. */
export const openCart = (
  { check, ...options }: Partial<Omit<CartEchoOptions, 'check'>> & { check?: Partial<CheckSettings> } = {},
  says?: Says,
): OpenedCart => {
  const environment = fakeEnvironment()
  const echo = fakeEcho()
  const asked: URL[] = []
  const heard: string[] = []
  const errors: CartEchoError[] = []
  const answering = async (address: unknown): Promise<Response> => {
    const url = new URL(String(address), 'https://shop.test')
    asked.push(url)
    return says ? says(url) : Response.json({ updated: false, message: null })
  }
  const fetch = answering as typeof globalThis.fetch
  const cart = createCartEchoIn(environment, {
    user: 1,
    connect: connectEcho(echo),
    target: null,
    tabs: false,
    onError: (error) => errors.push(error),
    ...(says ? { check: { url: 'https://shop.test/check', fetch, ...check } } : {}),
    ...options,
  })
  for (const name of cart.events) {
    cart.on(name, (change) => {
      const { message, changes } = change
      heard.push(changes?.new_total ? `${message}: ${changes.new_total}` : String(message))
    })
  }
  cart.start()
  return {
    cart,
    environment,
    echo,
    asked,
    heard,
    errors,
    pass: (ms) => environment.advanceTurnByTurn(ms),
    goLive: (channel = 'App.Models.User.1') => {
      if (environment.hasPage) echo.become('connected')
      echo.confirm(channel)
    },
  }
}

/** A log's answer: everything after `since` up to there is what is given. */
export const logSays = (url: URL, block: object): Response => {
  const { searchParams } = url
  const given = { owner: 'mine', cursor: searchParams.get('since') ?? 'e1:0', events: [], reset: false }
  return Response.json({
    updated: true,
    message: null,
    cart_echo: { ...given, ...block, fresh: searchParams.get('fresh') },
  })
}
