import type { BrowserName } from './driver'

/** What a browser does in its own way. Each of these is expected to be so, so that a version that does otherwise is noticed. */
export interface Ways {
  /** Whether Back shows a page that had a socket or a lock as it was left. */
  readonly keepsListeningPages: boolean
  /** What it reports where the policy names the policies of Trusted Types, and ours is not among them. */
  readonly unnamedPolicy: readonly string[]
  /** Whether Web Locks are there. */
  readonly hasLocks: boolean
}

/** By browser, in the version that the report names. */
export const WAYS: Readonly<Record<BrowserName, Ways>> = {
  Chromium: { keepsListeningPages: true, unnamedPolicy: [], hasLocks: true },
  Firefox: { keepsListeningPages: false, unnamedPolicy: [], hasLocks: true },
  WebKit: {
    keepsListeningPages: true,
    // It takes integrity from script elements alone, which Trusted Types want vouched for.
    unnamedPolicy: ['trusted-types trusted-types-policy'],
    hasLocks: true,
  },
}
