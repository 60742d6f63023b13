import { inspect } from 'cart-echo/inspector'
import { showNotices } from 'cart-echo/notice'
import { createFakeBrowser, createFakeCart, type FakeCart } from 'cart-echo/testing'
import { createPublisher, showPromotions } from './admin'
import { made, partOf } from './parts'
import { createDemoShop } from './shop'
import { showTab } from './storefront'

type Stop = () => void

const TICK_MS = 50
/** A page that is not looked at has slow timers: its clock stands meanwhile. */
const LONGEST_STEP_MS = 1_000
const MOST_LINES = 12
/** A shop's pages poll every 30 s; nobody waits that long for a demo. */
const CHECK = { intervalMs: 5_000 }

/** Starts the demo in its skeleton: everything in this page, nothing on a network. Returns what ends it. */
export const startDemo = (root: HTMLElement, { errors }: { readonly errors: string }): Stop => {
  const shop = createDemoShop()
  const browser = createFakeBrowser({ startsAtMs: Date.now(), random: Math.random })
  const openTab = (): FakeCart => createFakeCart({ browser, check: CHECK, target: null })
  const main = openTab()
  const stopTab = showTab(partOf(root, 'tab'), main, shop)
  const stopNotices = showNotices(main.cart)
  const stopClock = runClock(main)

  const story = partOf(root, 'story')
  const tell = (words: string): void => {
    story.prepend(made('li', words))
    while (story.children.length > MOST_LINES) story.lastElementChild?.remove()
  }
  main.cart.on('cart.conditions.changed', ({ message }, { key, via }) => {
    tell(`Page: ${message} (${key}), heard by ${via === 'socket' ? 'the socket' : 'the check'}`)
  })

  const lose = partOf(root, 'lose', HTMLButtonElement)
  const publisher = createPublisher(main, tell, () => lose.setAttribute('aria-pressed', 'false'))
  const listPromotions = (): void =>
    showPromotions(partOf(root, 'promotions'), shop, (name) => publisher.publish(shop.flip(name)))
  listPromotions()

  const ends: Record<string, Stop | null> = { tab: null, inspector: null }

  lose.addEventListener('click', () => {
    const isToBeLost = lose.getAttribute('aria-pressed') !== 'true'
    lose.setAttribute('aria-pressed', String(isToBeLost))
    publisher.loseNext(isToBeLost)
  })
  partOf(root, 'burst').addEventListener('click', () => {
    const names = shop.promotions().map(({ name }) => name)
    publisher.burst([...names, ...names, ...names].map((name) => shop.flip(name)))
    listPromotions()
  })
  toggled(root, 'socket', ['Drop the socket', 'Reconnect'], (isDown) => {
    if (isDown) main.lose()
    else main.comeBack()
    tell(isDown ? 'The socket server is gone' : 'The socket server is back')
  })
  toggled(root, 'session', ['Log out', 'Log in again'], (isOut) => {
    if (isOut) {
      main.logOut()
      tell('The server has forgotten who is logged in')
      // As when the shopper looks at the page again.
      main.cart.check().catch(() => undefined)
    } else {
      main.logIn()
      tell('The shopper is logged in again')
      main.cart.identify({ user: 7, owner: main.shop.owner(), cursor: main.shop.cursor() })
      main.cart.refresh()
    }
  })
  toggled(root, 'other', ['Open another tab', 'Close the other tab'], (isOpen) => {
    const pane = partOf(root, 'other-tab')
    pane.hidden = !isOpen
    ends.tab?.()
    ends.tab = isOpen ? openOtherTab(pane, openTab(), () => shop) : null
  })
  partOf(root, 'inspector').addEventListener('click', () => {
    // It may have been closed by its own button.
    const isOpen = document.querySelector('cart-echo-inspector') !== null
    ends.inspector?.()
    ends.inspector = isOpen ? null : inspect(main.cart, { docs: errors })
  })
  partOf(root, 'checkout').addEventListener('click', async () => {
    const answer = partOf(root, 'checkout-answer')
    answer.textContent = 'One moment …'
    answer.textContent = await main.cart.check().then(
      ({ found }) => (found > 0 ? 'Your cart has just changed. Look once more.' : 'Your cart is right. On to paying.'),
      () => 'The shop cannot say now.',
    )
  })

  return () => {
    for (const end of Object.values(ends)) end?.()
    stopNotices()
    stopTab()
    stopClock()
    main.close()
  }
}

/** The clock of `cart-echo/testing` stands until it is moved; here it goes with the real one. */
const runClock = (fake: FakeCart): Stop => {
  let isOver = false
  const run = async (sinceMs: number): Promise<void> => {
    const nowMs = performance.now()
    await fake.advance(Math.min(Math.round(nowMs - sinceMs), LONGEST_STEP_MS))
    if (!isOver) setTimeout(run, TICK_MS, nowMs)
  }
  void run(performance.now())
  return () => {
    isOver = true
  }
}

/** A button with two words, which says what a press does next. */
const toggled = (
  root: HTMLElement,
  name: string,
  [off, on]: readonly [string, string],
  run: (isOn: boolean) => void,
): void => {
  const button = partOf(root, name, HTMLButtonElement)
  let isOn = false
  button.addEventListener('click', () => {
    isOn = !isOn
    button.textContent = isOn ? on : off
    run(isOn)
  })
}

const openOtherTab = (pane: HTMLElement, fake: FakeCart, shopOf: () => ReturnType<typeof createDemoShop>): Stop => {
  const stop = showTab(pane, fake, shopOf())
  const news = partOf(pane, 'news')
  const stopNews = fake.cart.news.subscribe(({ unread }) => {
    news.textContent = unread.at(-1)?.change.message ?? 'Nothing new.'
  })
  return () => {
    stopNews()
    stop()
    fake.close()
  }
}
