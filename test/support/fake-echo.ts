import { createFakeEcho, type PusherState } from '../../src/testing/testing'

const CHANNEL = 'App.Models.User.1'

/** The Echo of cart-echo/testing, whose server answers nothing by itself, with the levers on it: one object is the page's and the test's. */
export const fakeEcho = (state: PusherState = 'connecting') => {
  const fake = createFakeEcho({ state, channels: 'pending' })
  /** What the server says of a channel that we have not asked for, somebody else on the page has. */
  const asked = (name: string): string => {
    fake.echo.private(name)
    return name
  }
  return {
    ...fake.echo,
    become: fake.become,
    /** The server confirms the subscription. */
    confirm: (name = CHANNEL) => fake.confirm(asked(name)),
    /** The authorisation fails; a handler of the page's own may say anything. */
    refuse: (error: unknown, name = CHANNEL) => fake.refuse(error as object, asked(name)),
    /** The server sends an event. */
    send: (payload: unknown, event = 'cart.conditions.changed', name = CHANNEL) => fake.emitRaw(event, payload, name),
    /** Somebody leaves the channel. */
    leave: (name = CHANNEL) => fake.echo.leave(name),
    /** How many callbacks are bound anywhere. */
    bound: () => fake.bound,
  }
}
