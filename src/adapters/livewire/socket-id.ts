import type { Stop } from '../../core/environment'
import { findLivewire } from './surface'

/**
 * Takes `X-Socket-ID` off Livewire's requests while it holds no socket's id. Livewire sets it from `window.Echo` (`js/features/supportLaravelEcho.js`), before
 * the socket is open to `undefined`, which `toOthers()` answers with an exception (pusher-http-php `src/Pusher.php`).
 */
export const repairSocketId = (): Stop => {
  let unhook: Stop | undefined
  const hook = (): void => {
    unhook = findLivewire()?.hook('request', ({ options }) => {
      const { headers } = options ?? {}
      if (headers && !/^\d+\.\d+$/.test(String(headers['X-Socket-ID']))) delete headers['X-Socket-ID']
    })
  }
  // Hooks run in the order they came: Livewire's own was there first, whichever way this page is loaded.
  if (findLivewire()) hook()
  else document.addEventListener('livewire:init', hook, { once: true })
  return () => {
    document.removeEventListener('livewire:init', hook)
    unhook?.()
    unhook = undefined
  }
}
