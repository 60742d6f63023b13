import { type EchoOptions, echo } from '../connections/echo'
import { isEcho } from '../connections/echo/find'
import { type EchoLike, peek } from '../connections/echo/shape'
import { type EchoModules, reverb } from '../connections/reverb'
import { pageGlobal } from '../engine/environment'
import type { ReverbSettings } from '../engine/settings'
import type { Connector } from '../engine/transport'
import type { ImportPart } from './parts'

/**
 * The connector of a page, once that is done: the Echo on `window`; else, with Reverb settings, an Echo of our own; else whatever Echo comes later, which
 * is waited for. Our own is made from the scripts on the page (Echo's script leaves a namespace in `window.Echo`, until somebody calls
 * `new Echo.default()`), or from parts that are fetched when it opens. `options` are for an Echo on `window`: our own is steered in any case.
 */
export const connectPage = (
  settings: ReverbSettings | undefined,
  importPart: ImportPart,
  options: EchoOptions = {},
): Connector => {
  const look = () => pageGlobal('Echo') as EchoLike | undefined
  if (settings && !isEcho(look())) return reverb({ ...settings, load: () => loadModules(importPart) })
  const onWindow: Connector = {
    ...echo(look, options),
    // A later page of the same visit may be the first with Reverb settings.
    at: (next) => (isEcho(look()) ? onWindow : connectPage(next, importPart, options)),
  }
  return onWindow
}

const loadModules = async (importPart: ImportPart): Promise<EchoModules> => {
  const script = pageGlobal('Echo')
  const [Echo, Pusher] = [peek(script, 'default') ?? script, pageGlobal('Pusher')]
  if (typeof Echo === 'function' && typeof Pusher === 'function') return { Echo, Pusher } as unknown as EchoModules
  const [echo, pusher] = await Promise.all([
    importPart<{ default: EchoModules['Echo'] }>('laravel-echo'),
    importPart<{ default: EchoModules['Pusher'] }>('pusher'),
  ])
  return { Echo: echo.default, Pusher: pusher.default }
}
