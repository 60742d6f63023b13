import { hookInto } from './surface'

/**
 * Takes `X-Socket-ID` off Livewire's requests while it holds no socket's id, until aborted. Livewire sets it from `window.Echo`
 * (`js/features/supportLaravelEcho.js`), before the socket is open to `undefined`, which `toOthers()` answers with an exception
 * (pusher-http-php `src/Pusher.php`).
 */
export const repairSocketId = (until: AbortSignal): void =>
  hookInto(
    'request',
    ({ options: { headers } }) => {
      if (!/^\d+\.\d+$/.test(String(headers['X-Socket-ID']))) delete headers['X-Socket-ID']
    },
    until,
  )
