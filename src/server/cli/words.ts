import type { Colors } from 'picocolors/types'
import type { Id } from '../../engine/events'
import type { CartEchoServer } from '../cart-echo-server'

/** How a greeting is printed. */
interface GreetingOptions {
  /** The folder whose pages are served; null: the demo shop. */
  readonly pages: string | null
  /** True where the pages of every framework are there. */
  readonly hasExamples: boolean
  /** Who a visitor is without logging in; null: nobody. */
  readonly autoLogin: Id | null
  readonly colours: Pick<Colors, 'bold' | 'cyan'>
}

/** What is printed once a server runs: where to look, and what to paste. */
export const greeting = (
  { url, reverb }: CartEchoServer,
  { pages, hasExamples, autoLogin, colours: { bold, cyan } }: GreetingOptions,
): string => `${bold('cart-echo is running.')} Ctrl-C stops it.

${
  pages === null
    ? `  Open first: shop and admin     ${cyan(`${url}/`)}
  Cart                           ${cyan(`${url}/cart`)}
  Admin                          ${cyan(`${url}/admin`)}
${hasExamples ? `  In every framework             ${cyan(`${url}/examples/`)}\n` : ''}`
    : `  Your pages                     ${cyan(`${url}/`)}
  End a promotion                curl -X POST ${url}/admin/conditions/raya-sale/remove-from-all -H "Content-Type: application/json"
  Give it back                   the same with apply-to-all
`
}
  Your own page: the block for readPage(), at the end of <body> in index.html
    ${autoLogin === null ? '(--auto-login none: it needs a customer who is logged in)' : blockOf(reverb, autoLogin)}

  Your own page without a block (.env)
    VITE_REVERB_APP_KEY=${reverb.key}
    VITE_REVERB_HOST=${reverb.host}
    VITE_REVERB_PORT=${reverb.port}
    VITE_REVERB_SCHEME=${reverb.scheme}
    (Next.js: NEXT_PUBLIC_REVERB_…; Nuxt: NUXT_PUBLIC_REVERB_KEY, …; SvelteKit: PUBLIC_REVERB_…)

  Your own dev server
    passes /broadcasting, /api/cart and /session on to ${url}. In vite.config.js:
    server: { proxy: { '/broadcasting': '${url}', '/api/cart': '${url}', '/session': '${url}' } }
    Next.js, Nuxt, or without a proxy (--allow-origin http://localhost:5173): docs/server.md

  Your own Laravel, to publish through it (.env)
    BROADCAST_CONNECTION=reverb
    REVERB_APP_ID=${reverb.appId}
    REVERB_APP_KEY=${reverb.key}
    REVERB_APP_SECRET=${reverb.secret}
    REVERB_HOST=${reverb.host}
    REVERB_PORT=${reverb.port}
    REVERB_SCHEME=${reverb.scheme}
`

/** The least that a page has to say: without a cursor, which would soon be an old one. */
const blockOf = ({ key, host, port, scheme }: CartEchoServer['reverb'], user: Id): string =>
  `<script type="application/json" data-cart-echo>${JSON.stringify({ user, reverb: { key, host, port, scheme } })}</script>`

/** Said when strangers can reach the server. */
export const OPEN_TO_OTHERS = 'Everyone who can reach this address can use the admin page: there is no log-in.\n'

/** True for the addresses that only this machine itself can reach. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127\./.test(host)
