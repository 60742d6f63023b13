import { type EchoOptions, echo } from '../connections/echo'
import { isEcho } from '../connections/echo/find'
import type { EchoLike } from '../connections/echo/shape'
import { reverb } from '../connections/reverb'
import { pageGlobal } from '../engine/environment'
import type { ReverbSettings } from '../engine/settings'
import type { Connector } from '../engine/transport'

/**
 * The connector of a page, once that is done: the Echo on `window`; else, with Reverb settings, a socket of our own; else whatever Echo comes later, which
 * is waited for. (Echo's script leaves a namespace in `window.Echo` until somebody calls `new Echo.default()`: that is no Echo.) `options` are for an Echo.
 */
export const connectPage = (settings: ReverbSettings | undefined, options: EchoOptions = {}): Connector => {
  const look = () => pageGlobal('Echo') as EchoLike | undefined
  if (settings && !isEcho(look())) return reverb(settings)
  const onWindow: Connector = {
    ...echo(look, options),
    // A later page of the same visit may be the first with Reverb settings.
    at: (next) => (isEcho(look()) ? onWindow : connectPage(next, options)),
  }
  return onWindow
}
