import type { Reverb } from './reverb/reverb'

/** A Reverb that can be started anew, behind one address. */
export interface RenewableReverb {
  current(): Reverb
  /** Puts a new one in the place of the old one, which has to lose its connections by other means. */
  renew(): void
}

/** A first Reverb, to be followed by others. */
export const createRenewableReverb = (start: () => Reverb): RenewableReverb => {
  let reverb = start()
  return {
    current: () => reverb,
    renew: () => {
      reverb.stop()
      reverb = start()
    },
  }
}
