import type { Connection } from '../engine/state'

/** Why a page is fed as it is. */
type Reason = Connection['reason']

/** A connection in the words of a shop's developer. */
export interface Explanation {
  readonly title: string
  /** What is the matter. */
  readonly what: string
  /** What happens next by itself, or what ends it. */
  readonly next: string
  /** The section of `docs/errors.md`. */
  readonly section: string
}

const TITLES: Readonly<Record<Connection['name'], string>> = {
  idle: 'Idle',
  connecting: 'Connecting',
  live: 'Live',
  polling: 'Polling',
  waiting: 'Waiting',
  refused: 'Refused',
}

const WHAT: Readonly<Record<Reason, string>> = {
  'not-started': 'Nobody has called cart.start(), or cart.stop() was called.',
  'no-user': 'The page says that nobody is logged in, and that it is not a guest’s.',
  'switched-off': 'The page, or the check, says that live updates are switched off.',
  'no-browser': 'This runs on a server, where nothing is opened.',
  loading: 'The script tag fetches the rest of its code.',
  prerendering: 'The page is prerendered; nobody looks at it yet.',
  'finding-echo': 'It looks for the page’s Echo, or for its own way to the server.',
  'opening-socket': 'The socket to Reverb is being opened.',
  subscribing: 'The socket is open; the channel is being authorised and subscribed.',
  subscribed: 'The channel is subscribed.',
  'socket-lost':
    'The socket is gone, or could not be opened. If it never opens: check host, port, scheme and connect-src.',
  'authorisation-failed':
    'The channel’s authorisation did not answer as Laravel does. Look at what the endpoint answers.',
  blocked: 'Something else than the shop answered: a log-in page, a challenge, a proxy.',
  'signature-refused': 'The server refuses the channel’s signature. Compare REVERB_APP_SECRET on both sides.',
  'no-answer': 'The subscription was not confirmed in time.',
  'over-capacity': 'The server takes no more connections. Raise max_connections.',
  'socket-refused': 'The socket server refuses the connection. Look at its log.',
  'check-failed': 'The check does not answer: no network, a time-out, or an error of the server.',
  'check-refused': 'The check refuses the request. Look at what it answers.',
  'check-busy': 'The check is throttled (429, 503).',
  'not-loaded': 'Code that is needed could not be fetched.',
  'echo-failed': 'The page’s Echo threw.',
  misconfigured: 'An address leads nowhere, or the page does not say where the server is.',
  'no-echo': 'There is no Echo on the page.',
  'no-real-time':
    'The Echo uses the null broadcaster, which hears nothing. Set BROADCAST_CONNECTION=reverb, and the broadcaster.',
  'no-web-socket': 'The browser, the policy of the page or a proxy allows no WebSocket.',
  'not-authorised':
    'The server says that this is not the channel of whoever is logged in. Check the log-in, then routes/channels.php.',
  'origin-refused': 'Reverb does not allow this page’s origin. Add it to allowed_origins.',
  'other-user': 'Another customer is logged in by now than the page was rendered for.',
  'page-conflict': 'The blocks of the page disagree on who is looking.',
  'page-expired': 'The page’s CSRF token has expired.',
  'session-over': 'The session is over.',
  'unknown-app': 'Reverb does not know the app’s key. Check REVERB_APP_KEY.',
  'no-socket': 'There is no way to a socket, or no channel, as for guests: the check alone feeds the page.',
  'no-broadcasts':
    'The check knew changes that the live socket had not brought. Look at BROADCAST_CONNECTION, then at the queue worker.',
}

const NEXT: Readonly<Record<Connection['name'], string>> = {
  idle: 'Nothing happens by itself.',
  connecting: 'Goes on by itself.',
  live: 'Changes arrive as they happen. A lost socket is opened again by itself.',
  polling: 'The check is asked now and then; live by itself as soon as the channel is subscribed.',
  waiting: 'Nothing arrives now. It is tried again by itself.',
  refused: 'Not tried again by itself. cart.identify() or cart.start() does.',
}

const NEXT_BY: Partial<Readonly<Record<string, string>>> = {
  'idle: not-started': 'Call cart.start().',
  'idle: no-user': 'cart.identify({ user }) goes on, or a page with a user in its block.',
  'idle: switched-off':
    'cart.identify({ enabled: true }) goes on. If the check said so, it is asked again when the page is looked at.',
  'connecting: prerendering': 'Begins by itself when somebody opens the page.',
  'polling: no-socket': 'The check is asked now and then; that stays so.',
  'polling: no-broadcasts': 'The check is asked now and then; live again with the first broadcast that arrives.',
  'refused: session-over':
    'The check is asked once more each time the page is looked at. After a log-in: cart.identify(), or a reload.',
  'refused: other-user': 'Reload the page, or call cart.identify().',
}

/** These have their own list in the document. */
const WITHOUT_ERROR: readonly Reason[] = [
  ...(['not-started', 'no-user', 'switched-off', 'no-browser', 'prerendering', 'loading', 'finding-echo'] as const),
  ...(['opening-socket', 'subscribing', 'subscribed', 'no-socket', 'socket-lost'] as const),
]

/** Explains a connection. A reason of another version is shown as it is. */
export const explain = ({ name, reason }: Connection): Explanation => ({
  title: TITLES[name] ?? name,
  what: WHAT[reason] ?? reason,
  next: NEXT_BY[`${name}: ${reason}`] ?? NEXT[name] ?? '',
  section: WITHOUT_ERROR.includes(reason) ? 'reasons-without-an-error' : reason,
})
