import { setTimeout as wait } from 'node:timers/promises'
import type { BrowserContext } from 'playwright'

/** Knows what the pages of a context are waiting for. */
export interface Traffic {
  /** Resolves when every request has its answer and every ping its pong. */
  readonly settled: () => Promise<void>
}

const PATIENCE_MS = 5_000

/** Watches pages that are opened from now on. */
export const watchTraffic = (context: BrowserContext): Traffic => {
  let [requests, pings] = [0, 0]
  const ended = (): void => {
    requests -= 1
  }
  context.on('request', () => {
    requests += 1
  })
  context.on('requestfinished', ended)
  context.on('requestfailed', ended)
  context.on('page', (page) =>
    page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => {
        if (isEvent(payload, 'pusher:ping')) pings += 1
      })
      socket.on('framereceived', ({ payload }) => {
        if (isEvent(payload, 'pusher:pong')) pings -= 1
      })
    }),
  )
  return {
    settled: async () => {
      const endMs = Date.now() + PATIENCE_MS
      while ((requests > 0 || pings > 0) && Date.now() < endMs) await wait(1)
    },
  }
}

const isEvent = (payload: string | Buffer, event: string): boolean => String(payload).includes(`"${event}"`)
