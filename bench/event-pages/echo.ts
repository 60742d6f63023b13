import { openGuide } from '../support/guide-echo'
import { hear } from './feed'

// With `#dispatches` it has the page told by a DOM event, too, as cart-echo does.
const dispatches = location.hash === '#dispatches'
if (!dispatches) document.documentElement.dataset.system = 'echo'

const { channel, isLive } = openGuide()
channel.listen('.cart.conditions.changed', (change: { changes: { new_total: string } }) => {
  hear(change)
  if (dispatches) document.dispatchEvent(new CustomEvent('cart-conditions-changed', { detail: change, bubbles: true }))
})
window.eventPage.isLive = isLive
