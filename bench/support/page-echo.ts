import Echo from 'laravel-echo'
import Pusher from 'pusher-js'
import type { OpenedServer } from './server-process'

/** The guide's Echo: laravel-echo on pusher-js, as a shop builds it. Only the cookie, which a browser sends by itself, is ours. */
export const createPageEcho = ({ url, reverb: { key, host, port }, cookie }: OpenedServer): Echo<'reverb'> =>
  new Echo<'reverb'>({
    broadcaster: 'reverb',
    Pusher,
    key,
    wsHost: host,
    wsPort: port,
    wssPort: port,
    forceTLS: false,
    enabledTransports: ['ws', 'wss'],
    withoutInterceptors: true,
    authorizer: ({ name }: { name: string }) => ({
      authorize: (socketId: string, done: (error: Error | null, data: { auth: string } | null) => void) => {
        const body = new URLSearchParams({ socket_id: socketId, channel_name: name })
        const headers = { Cookie: cookie, Accept: 'application/json' }
        fetch(`${url}/broadcasting/auth`, { method: 'POST', headers, body }).then(
          async (answer) => {
            if (answer.ok) done(null, await answer.json())
            else done(new Error(`auth ${answer.status}`), null)
          },
          (error) => done(error, null),
        )
      },
    }),
  })
