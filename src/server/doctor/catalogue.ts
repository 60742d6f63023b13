import type { Status, Subject } from './finding'

/** What there is to know of a fault before it is found. */
interface Fault {
  readonly about: Subject
  readonly status: Exclude<Status, 'right'>
  /** Why it matters. One sentence. */
  readonly why: string
  /** The first thing to do. One sentence, beginning small. */
  readonly first: string
}

/** The code of a fault: stable, for programs. */
export type Code = keyof typeof CATALOGUE

type Words = readonly [why: string, first: string]

const wrong = (about: Subject, [why, first]: Words): Fault => ({ about, status: 'wrong', why, first })
const note = (about: Subject, [why, first]: Words): Fault => ({ about, status: 'note', why, first })

const NOT_LIVE = 'No page hears anything live.'
const NO_BLOCK = 'cart-echo does not know who is looking, and opens nothing.'
const ANOTHERS = 'One shopper may be shown the news of another.'
const UNHEARD = 'What a page missed while it was away stays missed.'

/** Every fault that the doctor knows. `docs/doctor.md` lists them. */
export const CATALOGUE = {
  'page-unreachable': wrong('page', [
    'Nothing else on it can be examined.',
    'open the address in a browser on this machine.',
  ]),
  'page-redirects': wrong('page', [
    'The doctor follows no redirect: it is mostly to the log-in.',
    'give the cookies of a shopper who is logged in (CART_ECHO_COOKIE), or the address that it leads to.',
  ]),
  'page-status': wrong('page', [
    'A page that is an error says nothing of a shopper.',
    'open it in a browser, with the same cookies.',
  ]),
  'page-not-html': wrong('page', [
    'Only a page of HTML carries a block.',
    'give the address of a page that shoppers open.',
  ]),
  'page-cacheable': wrong('page', [
    'A cache that hands the page of one shopper to another hands on whose cart it is.',
    'answer pages of shoppers with Cache-Control: private, or no-store.',
  ]),
  'page-no-block': wrong('page', [
    NO_BLOCK,
    'print <script type="application/json" data-cart-echo> at the end of <body>; if it is only there for shoppers, give cookies (CART_ECHO_COOKIE).',
  ]),
  'page-several-blocks': note('page', [
    'They are read together, and the later wins: easily misread.',
    'print one, in the layout.',
  ]),
  'page-blocks-disagree': wrong('page', [
    'cart-echo believes neither, and stays away (page-conflict).',
    'print one, in the layout.',
  ]),
  'page-block-in-head': wrong('page', [
    'There it is not read, for wire:navigate leaves old ones in <head>.',
    'print it at the end of <body>, and look for an element in <head> that ends it early.',
  ]),
  'page-block-not-json': wrong('page', [NO_BLOCK, 'print it by json_encode($block, JSON_HEX_TAG | JSON_HEX_AMP).']),
  'page-block-invalid': wrong('page', [
    'The setting is left out as if it were not there.',
    'correct it where the block is printed.',
  ]),
  'page-block-unknown': note('page', [
    'It is ignored, and reported to onError.',
    'look for a typing error; docs/protocol.md has every key.',
  ]),
  'page-no-user': wrong('page', [
    'A page of nobody has no channel, and opens nothing.',
    'give the cookies of a shopper who is logged in (CART_ECHO_COOKIE); if you did, print "user" in the block.',
  ]),
  'page-guest': note('page', [
    'A guest has no channel: changes are found by asking.',
    'nothing, if you meant to look at a guest.',
  ]),
  'page-switched-off': note('page', [
    'Nothing is opened while the block says so.',
    'set "enabled" to true when live updates shall begin.',
  ]),
  'page-other-origin': note('page', [
    'Browsers send neither cookies nor tokens there, so it answers as to a stranger.',
    'print a path, such as /broadcasting/auth; where it must be there, say so by credentials: "include" and CORS.',
  ]),

  'policy-blocks-socket': wrong('policy', [NOT_LIVE, 'write the address into connect-src, with its scheme (wss:).']),
  'policy-blocks-requests': wrong('policy', [
    'The browser refuses the request before it is sent.',
    "write its origin into connect-src, or 'self' where it is the page’s own.",
  ]),
  'policy-blocks-tag': wrong('policy', [
    'The browser does not run cart-echo at all.',
    'give the tag the nonce, or name its file in script-src.',
  ]),

  'tag-not-there': wrong('tag', [
    'The browser does not run cart-echo at all.',
    'correct the src, or put the file there.',
  ]),
  'tag-integrity': wrong('tag', [
    'The browser refuses the file.',
    'copy the integrity from dist/sri.json of the version that is served, and look whether something on the way changes files.',
  ]),
  'tag-crossorigin': wrong('tag', [
    'From another origin, integrity is only checked with crossorigin; without it the browser refuses the file.',
    'write crossorigin="anonymous" on the tag.',
  ]),
  'tag-parts': wrong('tag', [
    'The tag fetches its engine from beside itself; without it the page never listens (not-loaded).',
    'copy dist/cart-echo.global.js and the folder dist/cdn of one version, together.',
  ]),
  'tag-version': note('tag', [
    'What is said here is meant for the version that looks.',
    'run the doctor of the same version, or update the page.',
  ]),

  'reverb-not-given': note('reverb', [
    'A page with an Echo of its own needs none, and then nobody can tell from outside where that connects.',
    'give it: --reverb key@host:port.',
  ]),
  'reverb-dns': wrong('reverb', [
    NOT_LIVE,
    'print the name that browsers reach: REVERB_HOST is often one inside your network.',
  ]),
  'reverb-refused': wrong('reverb', [NOT_LIVE, 'start Reverb (php artisan reverb:start), and look at host and port.']),
  'reverb-timeout': wrong('reverb', [NOT_LIVE, 'open the port in the firewall, and look whether Reverb hangs.']),
  'reverb-unreachable': wrong('reverb', [NOT_LIVE, 'look at host and port, and at what stands between.']),
  'reverb-certificate': wrong('reverb', [
    'Browsers refuse the socket without a word to the page.',
    'renew the certificate, and reload what serves it.',
  ]),
  'reverb-not-tls': wrong('reverb', [
    NOT_LIVE,
    'print the port at which nginx serves TLS (443), or "scheme": "http" where there is none.',
  ]),
  'reverb-needs-tls': wrong('reverb', [NOT_LIVE, 'print "scheme": "https".']),
  'reverb-mixed': wrong('reverb', [
    'Browsers let no page of https open a plain ws socket.',
    'serve Reverb by TLS, and print "scheme": "https".',
  ]),
  'reverb-wrong-path': wrong('reverb', [NOT_LIVE, 'print the "path" that REVERB_SERVER_PATH says.']),
  'reverb-not-there': wrong('reverb', [
    NOT_LIVE,
    'look at host and port; pass location /app on to Reverb in nginx; print "path" where REVERB_SERVER_PATH is set.',
  ]),
  'reverb-no-upgrade': wrong('reverb', [
    NOT_LIVE,
    'pass the upgrade on in nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "Upgrade";',
  ]),
  'reverb-gateway': wrong('reverb', [
    NOT_LIVE,
    'start Reverb (php artisan reverb:start), and look where nginx passes /app on to.',
  ]),
  'reverb-redirects': wrong('reverb', [
    'A WebSocket follows no redirect.',
    'print scheme, host and port of the address that it leads to.',
  ]),
  'reverb-forbidden': wrong('reverb', [NOT_LIVE, 'let WebSockets to /app pass in the firewall or the CDN.']),
  'reverb-silent': wrong('reverb', ['Something else than Reverb answers there.', 'look at host, port and path.']),
  'reverb-key': wrong('reverb', [
    NOT_LIVE,
    'print REVERB_APP_KEY of the Reverb that runs; after a change restart it (php artisan reverb:restart).',
  ]),
  'reverb-origin': wrong('reverb', [
    NOT_LIVE,
    'add the host of the page to allowed_origins in config/reverb.php, and restart Reverb.',
  ]),
  'reverb-full': wrong('reverb', ['Further shoppers are turned away.', 'raise max_connections in config/reverb.php.']),
  'reverb-error': wrong('reverb', [NOT_LIVE, 'read the log of Reverb: php artisan reverb:start --debug.']),

  'authorisation-unreachable': wrong('authorisation', [NOT_LIVE, 'look at "auth": { "endpoint" } in the block.']),
  'authorisation-not-found': wrong('authorisation', [
    NOT_LIVE,
    'register it (withBroadcasting in bootstrap/app.php, or Broadcast::routes()), or print its address in "auth": { "endpoint" }.',
  ]),
  'authorisation-redirects': wrong('authorisation', [
    NOT_LIVE,
    'log in anew and give those cookies; if that is not it, look at the middleware of the route.',
  ]),
  'authorisation-csrf': wrong('authorisation', [
    NOT_LIVE,
    'print <meta name="csrf-token"> in <head>, or let the XSRF-TOKEN cookie through; with --cookie give both it and the session.',
  ]),
  'authorisation-refused': wrong('authorisation', [
    NOT_LIVE,
    'let routes/channels.php allow a user their own channel, compared as strings; a session that is over is refused likewise.',
  ]),
  'authorisation-html': wrong('authorisation', [
    NOT_LIVE,
    'look what answers there in the place of Laravel: a log-in page, a challenge, a route that catches all.',
  ]),
  'authorisation-fails': wrong('authorisation', [NOT_LIVE, 'read storage/logs/laravel.log.']),
  'authorisation-unsigned': wrong('authorisation', [
    NOT_LIVE,
    'set BROADCAST_CONNECTION=reverb, and clear the config cache.',
  ]),
  'authorisation-signature': wrong('authorisation', [
    NOT_LIVE,
    'give Laravel and Reverb the same REVERB_APP_KEY and REVERB_APP_SECRET, and restart both.',
  ]),
  'authorisation-silent': wrong('authorisation', [
    NOT_LIVE,
    'read the log of Reverb: php artisan reverb:start --debug.',
  ]),
  'authorisation-others': wrong('authorisation', [
    'Everybody who is logged in can listen to everybody.',
    'compare in routes/channels.php: (string) $user->getKey() === $id.',
  ]),
  'authorisation-others-strange': note('authorisation', [
    'Asked for the channel of another user it should say 403, and no more.',
    'look at the rule in routes/channels.php: it may throw for users that it does not find.',
  ]),
  'authorisation-casts': wrong('authorisation', [
    'Laravel’s own rule compares by (int), and UUIDs and ULIDs that begin with the same digits are then one: strangers can listen.',
    'compare in routes/channels.php: (string) $user->getKey() === $id.',
  ]),
  'authorisation-casts-integers': note('authorisation', [
    'By (int) 7 and 7abc are one: harmless while ids are integers, and a hole on the day they are UUIDs.',
    'compare in routes/channels.php: (string) $user->getKey() === $id.',
  ]),

  'check-not-given': note('check', [UNHEARD, 'add the check of level 1 (docs/laravel.md), if you want nothing lost.']),
  'check-unreachable': wrong('check', [UNHEARD, 'look at "check": { "url" } in the block.']),
  'check-not-found': wrong('check', [UNHEARD, 'register its route, or correct "check": { "url" } in the block.']),
  'check-redirects': wrong('check', [
    UNHEARD,
    'log in anew and give those cookies; if that is not it, look at the middleware of the route.',
  ]),
  'check-html': wrong('check', [
    UNHEARD,
    'look what answers there in the place of the check: a log-in page, a challenge, a route that catches all.',
  ]),
  'check-session': wrong('check', [
    'A page that hears this twice takes its session for over, and stops.',
    'give the cookies of a shopper who is logged in; if you did, look at the guard of the route.',
  ]),
  'check-refused': wrong('check', [UNHEARD, 'read storage/logs/laravel.log.']),
  'check-busy': wrong('check', [UNHEARD, 'wait, and look at the throttle of the route, and at php artisan up.']),
  'check-fails': wrong('check', [UNHEARD, 'read storage/logs/laravel.log.']),
  'check-empty': note('check', [
    'It says that nothing happened, whatever did.',
    'answer with 200 and JSON; docs/protocol.md has its keys.',
  ]),
  'check-invalid': wrong('check', [
    'Pages throw the answer away, and ask again and again.',
    'answer as docs/protocol.md says.',
  ]),
  'check-bare': note('check', [
    'Of what a page missed it learns the newest words only, and of several tabs the first alone is told (level guide).',
    'keep a log (docs/laravel.md), if you want nothing lost.',
  ]),
  'check-bare-on-log': wrong('check', [
    'A page that knows a log takes an answer without one for somebody else’s.',
    'answer cart_echo, or print neither owner nor cursor in the block.',
  ]),
  'check-not-fresh': wrong('check', [
    'Without it nobody can tell the shop from a cache, so pages throw the answer away (blocked).',
    'give the request’s fresh back in cart_echo, and let no cache keep the answer.',
  ]),
  'check-cacheable': wrong('check', [ANOTHERS, 'answer with Cache-Control: private, no-store.']),
  'check-sets-cookie': wrong('check', [
    'Polls then write the session beside other requests: what those wrote is lost, and a log-out is undone.',
    'take the route out of the group web; docs/laravel.md has the middleware that reads a session only.',
  ]),
  'check-other-owner': wrong('check', [
    'The page takes itself for another’s, and shows nothing (other-user).',
    'make owner by the same function in the block and in the check, and let no cache keep the page.',
  ]),
  'check-behind': wrong('check', [
    'What the page was rendered with, the check does not know: news comes late, or not at all.',
    'let the check read the primary database, or a replica that keeps up.',
  ]),
  'check-not-contiguous': wrong('check', [
    'Pages throw the answer away, for something would be passed over.',
    'answer every entry after since, in order, and the cursor of the last one.',
  ]),
  'check-reset': note('check', [
    'Each such page reads its cart anew, and is not told what changed.',
    'look whether logs are pruned too early, or page and check read another log.',
  ]),
  'check-event-invalid': wrong('check', [
    'The shopper is told nothing of it.',
    'broadcast and log message (a string or null), changes (an object, amounts as strings) and timestamp.',
  ]),

  'event-not-tried': wrong('event', ['What was asked for was not tried.', 'give it: --reverb key@host:port.']),
  'event-refused': wrong('event', [
    'Nothing that Laravel broadcasts arrives either, if it has the same settings.',
    'give Laravel REVERB_APP_ID and REVERB_APP_SECRET of the Reverb that runs.',
  ]),
  'event-not-taken': wrong('event', [
    'From here nothing can be broadcast; Laravel may use another address.',
    'run the doctor on the server, with the address that Laravel publishes to: --reverb key@127.0.0.1:8080 --scheme http.',
  ]),
  'event-not-heard': wrong('event', [
    'What is broadcast is taken, and reaches nobody.',
    'where Reverb is scaled, look at Redis; where there are several, let them share one.',
  ]),
  'event-renamed': wrong('event', [
    'Pages listen to the dotted name, and hear nothing.',
    'look what stands between publisher and Reverb.',
  ]),

  'doctor-failed': wrong('doctor', ['This part was not examined.', 'report it, with the line above.']),
  'doctor-out-of-time': wrong('doctor', [
    'The rest was not examined.',
    'look at what answers slowly, or give it longer: --timeout.',
  ]),
} satisfies Record<string, Fault>
