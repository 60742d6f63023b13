import { openActor } from './actor'
import type { Target } from './target'

/** Somebody beside the recorded clients, who is on no channel and is therefore never pinged. */
export interface Observer {
  /** Resolves when the server has taken in everything that was said before on any connection. */
  settled(): Promise<void>
  end(): void
}

/** Connects an observer. */
export const openObserver = async ({ wsUrl, main, patienceMs }: Target): Promise<Observer> => {
  const actor = openActor({ url: `${wsUrl}/app/${main.key}` })
  await actor.next(patienceMs)
  await actor.next(patienceMs)
  const settled = async (): Promise<void> => {
    actor.ping('settled?')
    await actor.next(patienceMs)
  }
  return {
    // Twice: the first question may be read in the same turn as what came before it on another connection.
    settled: async () => {
      await settled()
      await settled()
    },
    end: actor.end,
  }
}
