import { openGuide } from '../support/guide-echo'
import { diary, hear } from '../tab-pages/diary'
import { blockThroughProxy } from './through-proxy'

blockThroughProxy()
const { channel, isLive } = openGuide()
channel.listen('.cart.conditions.changed', ({ changes }: { changes: { new_total: string } }) => hear(changes.new_total))
diary.isLive = isLive
