import type { CartEchoServer } from '../cart-echo-server'

/** What `--help` prints. */
export const HELP = `cart-echo: a stand-in for Laravel Reverb and a cart shop, for development

Usage
  npx cart-echo [options]

Options
  -p, --port <n>       where to listen; 0 takes any free port (default 8080)
      --host <address> the address to listen on (default 127.0.0.1)
      --level <level>  guide: broadcast and bare check; log: an ordered log;
                       outbox: and what got lost is broadcast again (default log)
  -h, --help           this text

Ctrl-C stops it.
`

/** What is printed once a server runs: where to look, and what to paste. */
export const greeting = (
  { url, reverb }: CartEchoServer,
  { hasExamples = false } = {},
): string => `cart-echo is running. Ctrl-C stops it.

  Shop and admin, side by side   ${url}/
  Cart                           ${url}/cart
  Admin                          ${url}/admin
${hasExamples ? `  In every framework             ${url}/examples/\n` : ''}
  Your own page (.env)
    VITE_REVERB_APP_KEY=${reverb.key}
    VITE_REVERB_HOST=${reverb.host}
    VITE_REVERB_PORT=${reverb.port}
    VITE_REVERB_SCHEME=${reverb.scheme}

  Your own Laravel, to publish through it (.env)
    BROADCAST_CONNECTION=reverb
    REVERB_APP_ID=${reverb.appId}
    REVERB_APP_KEY=${reverb.key}
    REVERB_APP_SECRET=${reverb.secret}
    REVERB_HOST=${reverb.host}
    REVERB_PORT=${reverb.port}
    REVERB_SCHEME=${reverb.scheme}
`

/** Said when strangers can reach the server. */
export const OPEN_TO_OTHERS = 'Everyone who can reach this address can use the admin page: there is no log-in.\n'

/** True for the addresses that only this machine itself can reach. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host)
