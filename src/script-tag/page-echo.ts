import type { EchoOptions, echo, PageEcho } from '../connections/echo'
import { isEcho } from '../connections/echo/find'
import type { EchoLike } from '../connections/echo/shape'
import { reverb } from '../connections/reverb'
import { pageGlobal } from '../engine/environment'
import type { ReverbSettings } from '../engine/settings'
import type { Connector } from '../engine/transport'

/** What decides how a page is connected. */
export interface ConnectOptions extends EchoOptions {
  /** Another Echo than `window.Echo`. */
  echo?: PageEcho | undefined
  /** Where Reverb is, as the page says. */
  reverb?: ReverbSettings | undefined
}

/** Fetches what listens on a page's own Echo. */
export type ImportEcho = () => Promise<{ readonly echo: typeof echo }>

const look = () => pageGlobal('Echo') as EchoLike | undefined

/**
 * The connector of a page, once that is done: the Echo that was given; else the Echo on `window`; else, with Reverb settings, a socket of our own; else whatever
 * Echo comes later, which is waited for. (Echo's script leaves a namespace in `window.Echo` until somebody calls `new Echo.default()`: that is no Echo.)
 * What listens on an Echo is fetched where there is one or it is waited for. `steer` is for an Echo. Rejects as `echo()` and `reverb()` throw, and as `importEcho` does.
 */
export const connectPage = async (
  { echo: given, reverb: settings, steer }: ConnectOptions,
  importEcho: ImportEcho,
): Promise<Connector> => {
  if (settings && !given && !isEcho(look())) return reverb(settings)
  const part = await importEcho()
  if (given) return part.echo(given, { steer })
  const onWindow: Connector = {
    ...part.echo(look, { steer }),
    // A later page of the same visit may be the first with Reverb settings.
    at: (next) => (isEcho(look()) ? onWindow : reverb(next)),
  }
  return onWindow
}
