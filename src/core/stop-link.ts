import type { Stop } from './environment'
import { CartEchoError } from './errors'

/** Stops a transport. One that throws, as a page's own Echo may, is reported as `echo-failed`; nothing is thrown. */
export const stopLink = (stop: Stop, report: (error: CartEchoError) => void): void => {
  try {
    stop()
  } catch (cause) {
    report(new CartEchoError('echo-failed', 'The transport threw when it was stopped.', { cause }))
  }
}
