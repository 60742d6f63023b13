import { watch } from 'vue'
import type { Stop } from '../../engine/environment'
import type { Room } from './room'

/**
 * Listens while the app is mounted and the effect scope, if there is one, lives; never on a server, where no scope would end it.
 * Returns what ends it sooner.
 */
export const whileOpen = ({ isOpen }: Pick<Room, 'isOpen'>, listen: () => Stop): Stop =>
  watch(
    isOpen,
    (open, _before, onCleanup) => {
      if (open) onCleanup(listen())
    },
    // A change that comes in the same tick would be lost to a handler that waits for the next.
    { immediate: true, flush: 'sync' },
  )
