import { isEcho } from '../connections/echo/find'
import { type EchoSource, peek } from '../connections/echo/shape'
import { type EchoModules, reverb } from '../connections/reverb'
import { pageGlobal } from '../engine/page-globals'
import type { ReverbSettings } from '../engine/settings'
import type { ImportPart } from './parts'

/**
 * Where a page's Echo comes from, once the page is done: the one on `window`; else, given Reverb settings, one of our own; else whatever comes to be
 * there, waited for as always. Our own is made of the scripts the page has (Echo's leaves a namespace in `window.Echo`, until somebody calls
 * `new Echo.default()`), or of parts that are fetched when it opens.
 */
export const pageEcho = (settings: ReverbSettings | undefined, importPart: ImportPart): EchoSource => {
  const look = (): never => pageGlobal('Echo') as never
  // A page of the same visit may be the first to say where Reverb is.
  const at = (next: ReverbSettings): EchoSource => (isEcho(look()) ? onWindow : pageEcho(next, importPart))
  const onWindow: EchoSource = Object.assign(look, { at })
  if (isEcho(look()) || !settings) return onWindow
  return reverb({ ...settings, load: () => loadModules(importPart) })
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
