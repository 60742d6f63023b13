import type { Backup } from '../shop/memory'

/** Where the last backup lies. */
export interface Vault {
  put(backup: Backup): void
  newest(): Backup
}

/** A vault with a first backup. */
export const createVault = (first: Backup): Vault => {
  let newest = first
  return {
    put: (backup) => {
      newest = backup
    },
    newest: () => newest,
  }
}
