/** What a check tells every page, whatever happened. */
export interface CheckPolicy {
  /** False: live updates are switched off. */
  readonly enabled: boolean
  /** How often a page asks that hears nothing live. */
  readonly pollMs: number
  /** How often a page asks that does. */
  readonly auditMs: number
  /** How widely the refreshes after a reset are spread. */
  readonly resetSpreadMs: number
}

/** A policy in which some things are said otherwise. */
export const changedPolicy = (policy: CheckPolicy, change: PolicyChange): CheckPolicy => ({
  enabled: change.enabled ?? policy.enabled,
  pollMs: change.pollMs ?? policy.pollMs,
  auditMs: change.auditMs ?? policy.auditMs,
  resetSpreadMs: change.resetSpreadMs ?? policy.resetSpreadMs,
})

/** What of a policy is said otherwise. */
export type PolicyChange = { readonly [N in keyof CheckPolicy]?: CheckPolicy[N] | undefined }

/** The values of docs/protocol.md, for everything that is not said otherwise. */
export const CHECK_POLICY: CheckPolicy = { enabled: true, pollMs: 30_000, auditMs: 300_000, resetSpreadMs: 2_000 }
