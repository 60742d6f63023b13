import { type ConnectionFact, refused } from '../../src/engine/state'
import type { CheckMood, Fate, Kind, VirtualShop } from './virtual-shop'

/** What may happen at the server, as a step of a schedule. */
export type ShopStep =
  | { name: 'commit'; kind: Kind; times: number }
  | { name: 'fate'; fate: Fate }
  | { name: 'check'; mood: CheckMood }
  | { name: 'socket'; isUp: boolean; fact: keyof typeof FACTS }
  | { name: 'prune' }
  | { name: 'new-epoch' }

const FACTS = {
  lost: (): ConnectionFact => ({ name: 'socket-lost' }),
  'not-authorised': () => refused('not-authorised'),
  'no-web-socket': () => refused('no-web-socket'),
}

/** Has steps happen to a virtual shop. */
export const createShopSteps = (shop: VirtualShop) => {
  let isUp = true
  return {
    obey: (step: ShopStep): void => {
      switch (step.name) {
        case 'commit':
          for (let count = 0; count < step.times; count += 1) shop.commit(step.kind)
          return
        case 'fate':
          return shop.setFate(step.fate)
        case 'check':
          return shop.setCheck(step.mood)
        case 'socket':
          isUp = step.isUp
          return shop.setSocket(isUp, FACTS[step.fact]())
        case 'prune':
          return shop.prune()
        case 'new-epoch':
          return shop.newEpoch()
      }
    },
    /** Network, check and sockets are well again. */
    mend: (): void => {
      shop.setFate('delivered')
      shop.setCheck('well')
      if (!isUp) shop.setSocket(true)
      isUp = true
    },
  }
}
