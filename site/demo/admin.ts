import type { FakeCart } from 'cart-echo/testing'
import { made } from './parts'
import type { DemoShop, PromotionChange } from './shop'

/** How the demo's server publishes what the admin does. */
export interface Publisher {
  /** Writes a change into the log, and broadcasts it. The next one after `loseNext` is broadcast in vain. */
  readonly publish: (change: PromotionChange) => void
  /** Many at once, out of order, some of them twice. */
  readonly burst: (changes: readonly PromotionChange[]) => void
  readonly loseNext: (isToBeLost: boolean) => void
}

/** Makes the server's publisher; `tell` hears what became of each change, in words. */
export const createPublisher = (fake: FakeCart, tell: (words: string) => void, lost: () => void): Publisher => {
  let isNextLost = false

  /** The inspector shows how long it took. */
  const sentNow = (change: PromotionChange) => ({ ...change, cart_echo: { sent_at_ms: fake.nowMs() } })

  const publish = (change: PromotionChange): void => {
    // A broadcast that nobody is subscribed for is lost, too; the log has it.
    const isHeard = fake.cart.connection.get().name === 'live'
    const logged = fake.shop.add(sentNow(change))
    const fate = isNextLost ? 'lost on its way' : isHeard ? 'sent' : 'nobody was there to hear it'
    tell(`Shop: ${change.message} (${fake.shop.cursor() ?? 'no log'}), ${fate}`)
    if (isHeard && !isNextLost) fake.broadcast(logged)
    if (!isNextLost) return
    isNextLost = false
    lost()
  }

  const burst = (changes: readonly PromotionChange[]): void => {
    const logged = changes.map((change) => fake.shop.add(sentNow(change)))
    const isHeard = fake.cart.connection.get().name === 'live'
    // Every third is sent twice, and none stands where it was.
    const sent = [...logged, ...logged.filter((_, index) => index % 3 === 0)].reverse()
    tell(`Shop: ${changes.length} changes at once, sent in reverse, ${sent.length - changes.length} of them twice`)
    if (isHeard) for (const payload of sent) fake.broadcast(payload)
  }

  return {
    publish,
    burst,
    loseNext: (isToBeLost) => {
      isNextLost = isToBeLost
    },
  }
}

/** Lists the promotions, each with the button that ends or begins it. */
export const showPromotions = (list: HTMLElement, shop: DemoShop, run: (name: string) => void): void => {
  const rows = shop.promotions().map(({ name, what }) => {
    const button = made('button', '')
    button.type = 'button'
    button.addEventListener('click', () => {
      run(name)
      update()
    })
    const row = made('li', made('span', made('b', name), ` ${what}`), button)
    return { name, row, button }
  })

  const update = (): void => {
    for (const { name, row, button } of rows) {
      const isRunning = shop.promotions().some((one) => one.name === name && one.isRunning)
      button.textContent = isRunning ? 'End the promotion' : 'Begin it again'
      button.setAttribute('aria-label', `${button.textContent}: ${name}`)
      row.classList.toggle('demo-ended', !isRunning)
      button.classList.toggle('demo-strong', isRunning)
    }
  }

  update()
  list.replaceChildren(...rows.map(({ row }) => row))
}
