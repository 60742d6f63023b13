import { duty } from './activity'
import type { Connection } from './connection'
import { ERROR_FRAMES } from './frames'

/** How often the server looks for dead connections. Recorded: Reverb 1.10.2. */
export const SWEEP_EVERY_MS = 60_000

/** Pings who was silent too long, ends who did not answer the last ping with 4201 and then 1006. */
export const sweep = (connections: Iterable<Connection>, nowMs: number): void => {
  for (const connection of connections) {
    const due = duty(connection.activity(), nowMs)
    if (due === 'ping') connection.ping()
    if (due !== 'prune') continue
    connection.send(ERROR_FRAMES.pongNotReceived)
    connection.drop()
  }
}

/**
 * Sweeps every minute. Only connections that are on a channel are looked at (recorded: Reverb 1.10.2). Returns a
 * function that stops it; calling it again does nothing.
 */
export const startKeepAlive = (subscribed: () => Iterable<Connection>, now: () => number): (() => void) => {
  const timer = setInterval(() => sweep(subscribed(), now()), SWEEP_EVERY_MS)
  return () => clearInterval(timer)
}
