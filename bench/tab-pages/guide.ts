import { openGuide } from '../support/guide-echo'
import { diary, hear } from './diary'

const { channel, isLive } = openGuide()
channel.listen('.cart.conditions.changed', ({ changes }: { changes: { new_total: string } }) => hear(changes.new_total))
diary.isLive = isLive
