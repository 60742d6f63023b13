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

/** The values of CONTRACT §2. */
export const CHECK_POLICY: CheckPolicy = { enabled: true, pollMs: 30_000, auditMs: 300_000, resetSpreadMs: 2_000 }
