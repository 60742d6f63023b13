import { openGuide } from '../support/guide-echo'

openGuide()
  .channel.listen('.cart.conditions.changed', () => undefined)
  .subscribed(() => {
    document.documentElement.dataset.liveAtMs ??= String(performance.now())
  })
