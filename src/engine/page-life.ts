import type { Environment } from './environment'
import { cannotAnswer, type Link, type Query, stopLink, type Transport } from './transport'

/** What a page's life is laid round. */
export interface PageLifeOptions {
  readonly environment: Environment
  readonly transport: Transport
  /** True when the transport's links can be asked. */
  readonly canAsk: boolean
}

const AWAY = 'The page is prerendered, or left.'

/**
 * Runs a transport only while the page lives: not while it is prerendered, for nobody has asked for it yet; not in the
 * back/forward cache, where an open socket or a message may evict it; not while it is frozen, when what arrives is
 * lost. What comes back begins anew, and asks for what it missed. Never throws.
 */
export const pageLife =
  ({ environment, transport, canAsk }: PageLifeOptions): Transport =>
  (sink) => {
    let link: Link | null = null
    let stopped = false

    const begin = (): void => {
      if (stopped || link) return
      const begun = transport(sink)
      // The link may have delivered at once, and a listener may have stopped the page.
      if (stopped) begun.stop()
      else link = begun
    }

    const end = (): void => {
      const mine = link
      link = null
      mine?.stop()
    }

    const comeBack = (): void => {
      if (stopped || link || !environment.isActivated()) return
      sink.state({ name: 'starting' })
      begin()
      sink.resync()
    }

    const stopWatching = environment.watchPage((signal) => {
      if (signal === 'activated') begin()
      if (signal === 'left' || signal === 'frozen') stopLink(end, sink.report)
      if (signal === 'restored' || signal === 'resumed') comeBack()
    })
    if (environment.isActivated()) begin()
    else sink.state({ name: 'prerendering' })

    return {
      ...(canAsk ? { ask: (query: Query) => link?.ask?.(query) ?? Promise.resolve(cannotAnswer(AWAY)) } : {}),
      tell: (note) => link?.tell?.(note),
      stop: () => {
        stopped = true
        stopWatching()
        end()
      },
    }
  }
