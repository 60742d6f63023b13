import { findLivewire } from './surface'

/**
 * Takes `X-Socket-ID` off Livewire's requests while it holds no socket's id, until aborted. Livewire sets it from `window.Echo`
 * (`js/features/supportLaravelEcho.js`), before the socket is open to `undefined`, which `toOthers()` answers with an exception
 * (pusher-http-php `src/Pusher.php`).
 */
export const repairSocketId = (until: AbortSignal): void => {
  // Hooks run in the order they came: Livewire's own was there first, whichever way this page is loaded.
  const hook = (): void => {
    const unhook = findLivewire()?.hook('request', ({ options: { headers } }) => {
      if (!/^\d+\.\d+$/.test(String(headers['X-Socket-ID']))) delete headers['X-Socket-ID']
    })
    if (unhook) until.addEventListener('abort', unhook)
  }
  if (findLivewire()) hook()
  else document.addEventListener('livewire:init', hook, { once: true, signal: until })
}
