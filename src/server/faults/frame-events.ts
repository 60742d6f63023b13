import { isObject, parseJson } from '../http/fields'

/** The name of the event in a frame; empty when it has none. Never throws. */
export const eventOf = (frame: string): string => {
  const content = parseJson(frame)
  return isObject(content) && typeof content.event === 'string' ? content.event : ''
}

/** True for the frame a socket is welcomed with. */
export const isGreeting = (frame: string): boolean => eventOf(frame) === 'pusher:connection_established'

/** True for the frame that says that a subscription is on. */
export const isSubscribed = (frame: string): boolean => eventOf(frame) === 'pusher_internal:subscription_succeeded'

/** True for what somebody published or whispered, false for what Reverb says by itself. */
export const isEventFrame = (frame: string): boolean => !/^pusher(_internal)?:/.test(eventOf(frame))
