import type { BrowserName } from './driver'

/** What a browser does in its own way. Each of these is expected to be so, so that a version that does otherwise is noticed. */
export interface Ways {
  /** What a page must not have when it is left, or Back loads it anew. */
  readonly loadsAnew: readonly string[]
  /** What it reports where the policy names the policies of Trusted Types, and ours is not among them. */
  readonly unnamedPolicy: readonly string[]
  /** How a page is fed whose policy forbids the socket: it is closed at once, or cannot be made. */
  readonly forbiddenSocket: 'polling: socket-lost' | 'polling: no-web-socket'
}

/** By browser, in the version that is printed. */
export const WAYS: Readonly<Record<BrowserName, Ways>> = {
  Chromium: { loadsAnew: [], unnamedPolicy: [], forbiddenSocket: 'polling: socket-lost' },
  Firefox: {
    loadsAnew: ['an open socket', 'a held lock'],
    unnamedPolicy: [],
    forbiddenSocket: 'polling: no-web-socket',
  },
  WebKit: {
    loadsAnew: [],
    // It takes integrity from script elements alone, which Trusted Types want vouched for.
    unnamedPolicy: ['trusted-types trusted-types-policy'],
    forbiddenSocket: 'polling: no-web-socket',
  },
}
