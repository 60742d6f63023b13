import { duty } from './activity'
import type { Connection } from './connection'
import { ERROR_FRAMES } from './frames'
import type { RunningApplication } from './running-application'

/** How often the server looks for dead connections. Recorded: Reverb 1.10.2. */
export const SWEEP_EVERY_MS = 60_000

/**
 * Ends who did not answer the last ping, with 4201 and then 1006, and after that pings who was silent too long. Only
 * connections that are on a channel are looked at. Recorded: Reverb 1.10.2.
 */
export const sweep = (applications: readonly RunningApplication[], nowMs: number): void => {
  for (const application of applications)
    for (const connection of due(application, nowMs, 'prune')) {
      connection.send(ERROR_FRAMES.pongNotReceived)
      application.subscriptions.end(connection)
      connection.drop()
    }
  for (const application of applications) for (const connection of due(application, nowMs, 'ping')) connection.ping()
}

const due = (
  { settings, channels }: RunningApplication,
  nowMs: number,
  what: 'ping' | 'prune',
): readonly Connection[] =>
  [...channels.subscribed()].filter(
    (connection) => duty(connection.activity(), nowMs, settings.pingIntervalS * 1_000) === what,
  )

/** Sweeps every minute. Returns a function that stops it; calling it again does nothing. */
export const startKeepAlive = (run: () => void): (() => void) => {
  const timer = setInterval(run, SWEEP_EVERY_MS)
  return () => clearInterval(timer)
}
