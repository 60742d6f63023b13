import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CartEcho } from '../../src/engine/cart-echo'
import { type NoticeOptions, showNotices } from '../../src/notice/notice'
import { pass } from '../support/fake-timers'
import { type ListeningClient, listeningClient } from '../support/listening-client'
import { at, change } from '../support/payloads'
import { listenIn } from '../support/screen-reader'

// The page's time passes when told. happy-dom has no popovers, as older browsers: there the notice goes by z-index.

const undo: (() => void)[] = []

/** A cart on a fake line, and notices of it; both end with the test. */
const speaking = (options?: NoticeOptions) => {
  const { client, hear } = listeningClient()
  client.start()
  const stop = showNotices(client, options)
  undo.push(client.stop, stop)
  return { cart: client, hear, stop }
}

/** The page goes into the back/forward cache, as the window and the cart hear of it. */
const leave = ({ environment }: Pick<ListeningClient, 'environment'>): void => {
  environment.advance(1_000)
  environment.signal('left')
  transition('pagehide')
}
/** And comes back. */
const comeBack = ({ environment }: Pick<ListeningClient, 'environment'>): void => {
  environment.advance(1_000)
  environment.signal('restored')
  transition('pageshow')
}
/** What a screen reader says from now on. */
const listening = (): string[] => {
  const { said, stop } = listenIn()
  undo.push(stop)
  return said
}

const notices = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('cart-echo-notice')]
const only = (): HTMLElement => {
  expect(notices()).toHaveLength(1)
  return notices()[0] as HTMLElement
}
const partOf = (notice: HTMLElement, part: string): HTMLElement =>
  notice.shadowRoot?.querySelector(`[part~="${part}"]`) as HTMLElement
const textOf = (notice: HTMLElement): string => partOf(notice, 'message').textContent ?? ''
const isOpen = (notice: HTMLElement): boolean => partOf(notice, 'root').getAttribute('part') === 'root open'
const shown = (): HTMLElement[] => notices().filter(isOpen)
/** Longer than a burst is waited for, and then until it is read out. */
const quiet = (): Promise<void> => pass(500)
/** Longer than a socket that is lost takes to be told. */
const LONGER_THAN_LOST_MS = 1_600
const says = async (notice: () => HTMLElement | undefined, text: string): Promise<void> => {
  await quiet()
  expect(textOf(notice() as HTMLElement)).toContain(text)
}
const put = (html: string): HTMLElement => {
  const holder = document.createElement('div')
  holder.innerHTML = html
  document.body.append(holder)
  undo.push(() => holder.remove())
  return holder
}
const become = (visibility: 'hidden' | 'visible'): void => {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(visibility)
  document.dispatchEvent(new Event('visibilitychange'))
}
const transition = (name: 'pagehide' | 'pageshow', persisted = true): void => {
  const event = new Event(name)
  Object.defineProperty(event, 'persisted', { value: persisted })
  window.dispatchEvent(event)
}

beforeEach(() => {
  document.documentElement.lang = 'en'
  vi.useFakeTimers()
})

afterEach(() => {
  for (const run of undo.splice(0)) run()
  const timers = vi.getTimerCount()
  vi.useRealTimers()
  vi.restoreAllMocks()
  expect([notices(), timers]).toEqual([[], 0])
})

describe('the notice', () => {
  it('is in the page while it has something to say: what changed, until it is dismissed', async () => {
    const { cart, hear } = speaking()
    await quiet()
    expect(notices()).toEqual([])
    hear(at(1))
    await says(only, 'New total: RM120.00')
    expect(only().parentNode).toBe(document.documentElement)
    expect(textOf(only())).toBe('change 1Raya Sale has ended.New total: RM120.00')
    expect(isOpen(only())).toBe(true)
    partOf(only(), 'close').click()
    expect(cart.news.get().unread).toEqual([])
    expect(notices()).toEqual([])
  })

  it('tells a burst once, as one', async () => {
    const { hear } = speaking()
    const said = listening()
    for (let seq = 1; seq <= 5; seq += 1) hear(at(seq))
    await says(only, 'change 5')
    expect(textOf(only())).toBe('change 5Raya Sale has ended.New total: RM120.00And 4 more changes.')
    expect(said).toEqual(['change 5. Raya Sale has ended. New total: RM120.00. And 4 more changes.'])
  })

  it('does not say the same again', async () => {
    const { cart, hear } = speaking()
    hear(at(1))
    await says(only, 'change 1')
    const line = partOf(only(), 'message').firstChild
    document.dispatchEvent(new Event('visibilitychange'))
    cart.on('cart.conditions.changed', () => undefined)
    await quiet()
    expect(partOf(only(), 'message').firstChild).toBe(line)
  })

  it('shows text, whatever an admin has typed', async () => {
    const { hear } = speaking()
    const payload = change({ epoch: 'e1', seq: 1 }, '<img src=x onerror="window.harm=1">')
    hear({ ...payload, changes: { condition_removed: '<script>window.harm=1</script>' } })
    await says(only, '<img src=x')
    expect(only().shadowRoot?.querySelector('img, script')).toBeNull()
    expect((window as { harm?: number }).harm).toBeUndefined()
  })

  it('speaks in the language of each line where it is not the page’s', async () => {
    document.documentElement.lang = 'ms-MY'
    const { hear } = speaking({ messages: { total: 'Jumlah baharu: {total}' } })
    hear(change({ epoch: 'e1', seq: 1, locale: 'zh_CN' }, '购物车已更新'))
    await says(only, 'Jumlah')
    const langs = [...partOf(only(), 'message').children].map((line) => line.getAttribute('lang'))
    expect(langs).toEqual(['zh-CN', 'en', null])
    expect(partOf(only(), 'close').lang).toBe('en')
  })

  it('says nothing while nobody looks, and all of it when somebody does', async () => {
    const { hear } = speaking()
    const said = listening()
    become('hidden')
    hear(at(1))
    hear(at(2))
    await quiet()
    expect(notices()).toEqual([])
    become('visible')
    await says(only, 'And 1 more change.')
    expect(said).toHaveLength(1)
  })

  it('is gone at once for another customer, and when it was dismissed elsewhere', async () => {
    const { cart, hear } = speaking()
    hear(at(1))
    await says(only, 'change 1')
    cart.identify({ user: 8 })
    expect(shown()).toEqual([])
    hear(at(1))
    await says(only, 'change 1')
    cart.dismiss()
    expect(shown()).toEqual([])
  })

  it('never gets what came a moment ago dismissed with what it shows', async () => {
    const { cart, hear } = speaking()
    hear(at(1))
    await says(only, 'change 1')
    hear(at(2))
    partOf(only(), 'close').click()
    expect(cart.news.get().unread).toHaveLength(2)
    expect(textOf(only())).toContain('change 2')
    partOf(only(), 'close').click()
    expect(cart.news.get().unread).toEqual([])
  })

  it('tells what was unread before it began', async () => {
    const { client, hear } = listeningClient()
    undo.push(client.stop)
    client.start()
    hear(at(1))
    undo.push(showNotices(client))
    await says(only, 'change 1')
  })
})

describe('Back', () => {
  it('shows nothing until the check has answered for the owner', async () => {
    const page = listeningClient({ canAsk: true, identity: { user: 7, owner: 'mine', cursor: 'e1:0' } })
    const { client, hear, link } = page
    undo.push(client.stop, showNotices(client))
    client.start()
    hear(at(1))
    await says(only, 'change 1')
    leave(page)
    expect(shown()).toEqual([])
    comeBack(page)
    await quiet()
    expect(shown()).toEqual([])
    const { asked } = link()
    expect(asked.length).toBeGreaterThan(0)
    for (const { answer, query } of asked) await answer(answerFor('mine', query.since))
    await says(only, 'change 1')
  })

  it('shows nothing at all when the check answers for another', async () => {
    const page = listeningClient({ canAsk: true, identity: { user: 7, owner: 'mine', cursor: 'e1:0' } })
    const { client, hear, link } = page
    undo.push(client.stop, showNotices(client))
    client.start()
    hear(at(1))
    await says(only, 'change 1')
    leave(page)
    comeBack(page)
    await Promise.resolve()
    const { asked } = link()
    for (const { answer, query } of asked) await answer(answerFor('another', query.since))
    await quiet()
    expect(client.connection.get()).toMatchObject({ name: 'refused', reason: 'other-user' })
    expect(shown()).toEqual([])
  })

  it('asks again when the connection is back, where the check did not answer', async () => {
    const cart = fakeCart('check-failed')
    undo.push(showNotices(cart.cart))
    await says(only, 'change 1')
    leave(cart)
    comeBack(cart)
    await quiet()
    expect([cart.checks(), shown()]).toEqual([1, []])
    cart.become('waiting', 'check-failed')
    cart.fail(null)
    expect(cart.checks()).toBe(1)
    cart.become('polling')
    await says(only, 'change 1')
    cart.become('live')
    expect(cart.checks()).toBe(2)
  })

  it('without a check waits until the channel is authorised anew', async () => {
    const cart = fakeCart('cannot-check')
    undo.push(showNotices(cart.cart))
    await says(only, 'change 1')
    leave(cart)
    comeBack(cart)
    await quiet()
    expect(shown()).toEqual([])
    cart.become('connecting')
    await quiet()
    expect(shown()).toEqual([])
    cart.become('live')
    await pass(LONGER_THAN_LOST_MS)
    expect(textOf(only())).toContain('change 1')
  })

  it('asks again by itself while the channel is live and the check fails, later each time, and not once it is stopped', async () => {
    const cart = fakeCart('check-failed')
    const stop = showNotices(cart.cart)
    undo.push(stop)
    await says(only, 'change 1')
    vi.spyOn(Math, 'random').mockReturnValue(1)
    leave(cart)
    comeBack(cart)
    await pass(20_000)
    expect(cart.checks()).toBe(3)
    cart.fail(null)
    await pass(30_000)
    expect([cart.checks(), shown().length]).toEqual([4, 1])
    leave(cart)
    cart.fail('session-over')
    cart.become('refused', 'session-over')
    comeBack(cart)
    await pass(600_000)
    expect([cart.checks(), shown()]).toEqual([5, []])
    stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    ['live', true],
    ['polling', false],
  ])('with a check that names nobody, and %s: what came before is shown: %s', async (name, isShown) => {
    const cart = fakeCart(null, null)
    undo.push(showNotices(cart.cart))
    await says(only, 'change 1')
    leave(cart)
    comeBack(cart)
    await quiet()
    expect([cart.checks() > 0, shown()]).toEqual([true, []])
    cart.become('connecting')
    cart.become(name)
    await pass(LONGER_THAN_LOST_MS)
    expect(shown().length > 0).toBe(isShown)
  })

  it('with neither owner nor channel tells what is new, and what came before when identify() is called', async () => {
    const page = listeningClient({ canAsk: true, identity: { guest: true } })
    const { client, link } = page
    undo.push(client.stop, showNotices(client))
    client.start()
    const bare = (message: string) => ({
      name: 'bare' as const,
      answer: { updated: true, message, atMs: page.environment.nowMs() },
    })
    link().sink.answer(bare('old'), 0)
    await says(only, 'old')
    leave(page)
    comeBack(page)
    await quiet()
    for (const { reply } of link().asked) await reply(bare('new'))
    await says(only, 'new')
    expect(textOf(only())).not.toContain('more')
    client.identify({ guest: true })
    await says(only, 'And 1 more change.')
  })

  it('is remembered for who begins to speak only then', async () => {
    const cart = fakeCart('check-failed')
    leave(cart)
    comeBack(cart)
    const stop = showNotices(cart.cart)
    const stopNext = showNotices(cart.cart)
    undo.push(stop, stopNext)
    await quiet()
    expect(shown()).toEqual([])
    stop()
    await quiet()
    expect(shown()).toEqual([])
    cart.fail(null)
    cart.become('polling')
    await says(only, 'change 1')
  })

  it('is noticed by a cart that nobody listens to', async () => {
    const { client, hear } = listeningClient()
    undo.push(client.stop, showNotices(client))
    client.start()
    hear(at(1))
    await says(only, 'change 1')
    client.stop()
    transition('pagehide')
    expect(shown()).toEqual([])
    transition('pageshow')
    client.start()
    await quiet()
    expect(shown()).toEqual([])
  })

  it('is noticed where listening ends and begins with it, and asked about', async () => {
    const page = listeningClient({ canAsk: true, identity: { user: 7, owner: 'mine', cursor: 'e1:0' } })
    const { client, hear, link } = page
    undo.push(client.stop)
    client.start()
    addEventListener('pagehide', client.stop, { once: true })
    addEventListener('pageshow', client.start, { once: true })
    undo.push(showNotices(client))
    hear(at(1))
    await says(only, 'change 1')
    transition('pagehide')
    transition('pageshow')
    await quiet()
    expect([link().asked.length > 0, shown()]).toEqual([true, []])
    for (const { answer, query } of link().asked) await answer(answerFor('mine', query.since))
    await says(only, 'change 1')
  })

  it('of a page that was loaded anew asks nothing', async () => {
    const cart = fakeCart(null)
    undo.push(showNotices(cart.cart))
    cart.become('idle')
    transition('pagehide', false)
    transition('pageshow', false)
    await says(only, 'change 1')
    expect(cart.checks()).toBe(0)
  })
})

describe('the place', () => {
  it('is the inline one of the page, while the floating one stays empty', async () => {
    const { hear } = speaking()
    const inline = put('<cart-echo-notice inline></cart-echo-notice>').firstElementChild as HTMLElement
    hear(at(1))
    await says(() => inline, 'change 1')
    expect(shown()).toEqual([inline])
  })

  it('is the page’s own floating one, and none of ours is there', async () => {
    const own = put('<cart-echo-notice position="top"></cart-echo-notice>').firstElementChild as HTMLElement
    const { hear } = speaking()
    expect(only()).toBe(own)
    hear(at(1))
    await says(() => own, 'change 1')
  })

  it('is ours as soon as the page’s own is gone, and the text with it', async () => {
    const holder = put('<cart-echo-notice></cart-echo-notice>')
    const { hear } = speaking()
    hear(at(1))
    await says(only, 'change 1')
    holder.remove()
    await quiet()
    expect(only().parentNode).toBe(document.documentElement)
    await says(only, 'change 1')
  })

  it('is another as soon as the one that spoke is taken out, also by somebody else’s broom', async () => {
    const { hear } = speaking()
    hear(at(1))
    await says(only, 'change 1')
    only().remove()
    await says(only, 'change 1')
  })

  it('is nowhere in a page that throws it out everywhere, which is not hung, and where nothing waits for another', async () => {
    const broom = new MutationObserver(() => {
      for (const notice of notices()) notice.remove()
    })
    broom.observe(document, { childList: true, subtree: true })
    undo.push(() => broom.disconnect())
    const { hear } = speaking()
    hear(at(1))
    await pass(2_000)
    expect([notices(), vi.getTimerCount()]).toEqual([[], 0])
    broom.disconnect()
    document.body.replaceWith(document.body.cloneNode(true))
    hear(at(2))
    await says(only, 'change 2')
  })

  it('is not in what is inert', async () => {
    const { hear } = speaking()
    put('<main inert><cart-echo-notice inline></cart-echo-notice></main>')
    hear(at(1))
    await says(() => notices().find((one) => !one.hasAttribute('inline')), 'change 1')
  })

  it.each([
    ['is hidden from screen readers', '<main aria-hidden="true">', '</main>'],
    ['is hidden from everybody', '<main style="display: none">', '</main>'],
    ['is a dialog that is closed', '<dialog>', '</dialog>'],
  ])('is not in what %s, be it inline or not, and comes back with the next news', async (_why, start, end) => {
    for (const kind of ['inline', 'position="top"']) {
      const { hear, stop, cart } = speaking()
      const holder = put(`${start}<cart-echo-notice ${kind} id="theirs"></cart-echo-notice>${end}`)
      const [theirs, ours] = [() => notices().find(({ id }) => id), () => notices().find(({ id }) => !id)]
      hear(at(1))
      await says(ours, 'change 1')
      expect(textOf(theirs() as HTMLElement)).toBe('')
      for (const attribute of ['aria-hidden', 'style']) holder.firstElementChild?.removeAttribute(attribute)
      if (start === '<dialog>') holder.firstElementChild?.setAttribute('open', '')
      hear(at(2))
      await says(theirs, 'change 2')
      expect(notices().filter(isOpen)).toHaveLength(1)
      stop()
      cart.stop()
      holder.remove()
    }
  })

  it('is one at a time: the first inline one', async () => {
    put('<cart-echo-notice inline id="one"></cart-echo-notice><cart-echo-notice inline id="two"></cart-echo-notice>')
    const { hear } = speaking()
    hear(at(1))
    await says(() => notices().find(({ id }) => id === 'one'), 'change 1')
    expect(notices().filter(isOpen)).toHaveLength(1)
  })
})

describe('what the message names already', () => {
  const linesFor = async (message: string, name: string | null, total: string | null): Promise<string[]> => {
    const { hear, stop } = speaking()
    hear({ ...change({ epoch: 'e1', seq: 1 }, message), changes: { condition_removed: name, new_total: total } })
    await quiet()
    const lines = [...partOf(only(), 'message').children].map(({ textContent }) => textContent ?? '')
    stop()
    return lines.slice(1)
  }

  it.each([
    ['We moved to Salesforce today', 'Sale', true],
    ['Salesforce is here. The Sale is over', 'Sale', false],
    ['The raya sale is over', 'Raya Sale', false],
    ['RAYA\u00a0SALE: over', 'Raya Sale', false],
    ['“Raya Sale”, over', 'Raya Sale', false],
    ['The Prerayasale is over', 'Raya Sale', true],
    ['Épargne+ is over', 'Épargne', false],
    ['Épargnez!', 'Épargne', true],
    ['Buy 2, get 1 (50%) is over', 'Buy 2, get 1 (50%)', false],
    ['Level 10 is over', 'Level 1', true],
    ['春节促销已结束', '春节促销', false],
    ['ลดราคาสงกรานต์สิ้นสุดแล้ว', 'ลดราคาสงกรานต์', false],
  ])('%j, of %j, has it said: %s', async (message, name, isSaid) => {
    expect(await linesFor(message, name, null)).toEqual(isSaid ? [`${name} has ended.`] : [])
  })

  it.each([
    ['Now RM 120.00', 'RM120.00', false],
    ['Now RM120.00', 'RM\u00a0120.00', false],
    ['Now 1\u202f200,00 €', '1 200,00 €', false],
    ['Now 1 200,00 €', '200,00 €', true],
    ['Now rm120.00.', 'RM120.00', false],
    ['Now RM120.005', 'RM120.00', true],
    ['Was RM120.005, now RM120.00', 'RM120.00', false],
  ])('%j, at %j, has it said: %s', async (message, total, isSaid) => {
    expect(await linesFor(message, null, total)).toEqual(isSaid ? [`New total: ${total}`] : [])
  })
})

describe('a page with notices of its own', () => {
  it('is asked first, and says it instead', async () => {
    const { cart, hear } = speaking()
    const heard: unknown[] = []
    const take = (event: DocumentEventMap['cart-echo-notice']): void => {
      heard.push(event.detail)
      event.preventDefault()
    }
    document.addEventListener('cart-echo-notice', take)
    undo.push(() => document.removeEventListener('cart-echo-notice', take))
    hear(at(1))
    hear(at(2))
    await quiet()
    const { unread } = cart.news.get()
    const text = 'change 2. Raya Sale has ended. New total: RM120.00. And 1 more change.'
    expect(heard).toEqual([{ text, lang: 'en', changes: unread }])
    expect(shown()).toEqual([])
    document.removeEventListener('cart-echo-notice', take)
    hear(at(3))
    await says(only, 'change 3')
    expect(textOf(only())).not.toContain('more')
  })

  it('is told the language that <body> says', async () => {
    document.documentElement.removeAttribute('lang')
    document.body.lang = 'ms'
    undo.push(() => document.body.removeAttribute('lang'))
    const { hear } = speaking()
    const heard: string[] = []
    const note = (event: DocumentEventMap['cart-echo-notice']): unknown => heard.push(event.detail.lang)
    document.addEventListener('cart-echo-notice', note)
    undo.push(() => document.removeEventListener('cart-echo-notice', note))
    hear(at(1))
    await quiet()
    expect(heard).toEqual(['ms'])
  })

  it('that says some of them itself leaves the notice the newest total all the same', async () => {
    const { hear } = speaking()
    const priced = (seq: number, code: string, total: string) => ({
      ...change({ epoch: 'e1', seq, code }, `${code} ${seq}`),
      changes: { new_total: total },
    })
    const take = (event: DocumentEventMap['cart-echo-notice']): void => {
      if (event.detail.text.includes('toast')) event.preventDefault()
    }
    document.addEventListener('cart-echo-notice', take)
    undo.push(() => document.removeEventListener('cart-echo-notice', take))
    hear(priced(1, 'notice', 'RM120.00'))
    await says(only, 'New total: RM120.00')
    hear(priced(2, 'toast', 'RM90.00'))
    await says(only, 'RM90.00')
    expect(textOf(only())).toBe('notice 1New total: RM90.00')
  })

  it('may end everything while it is asked', async () => {
    const { hear, stop } = speaking()
    const end = vi.fn(() => stop())
    document.addEventListener('cart-echo-notice', end)
    undo.push(() => document.removeEventListener('cart-echo-notice', end))
    hear(at(1))
    await quiet()
    expect(end).toHaveBeenCalledTimes(1)
    expect(notices()).toEqual([])
  })
})

describe('a screen reader', () => {
  it('says it once, in order, as one utterance, and finds it by heading and button', async () => {
    const { hear } = speaking()
    const said = listening()
    hear(change({ epoch: 'e1', seq: 1, locale: 'ms' }, 'Troli anda telah berubah'))
    await says(only, 'Troli')
    expect(said).toEqual(['Troli anda telah berubah. Raya Sale has ended. New total: RM120.00'])
    // A voice of each language.
    expect(only().shadowRoot?.querySelector('[role=status] [lang]')?.textContent).toBe('Troli anda telah berubah.')
    expect(partOf(only(), 'label').localName).toBe('h2')
    expect(partOf(only(), 'close').getAttribute('aria-label')).toBe('Dismiss')
    expect(only().shadowRoot?.querySelector('[role=status] button')).toBeNull()
    // Who reads on finds it once.
    await pass(6_000)
    expect(only().shadowRoot?.querySelector('[role=status]')).toBeNull()
    expect(textOf(only())).toContain('Troli')
    expect(said).toHaveLength(1)
  })

  it('of a page that has nothing to say finds nothing, not even an empty notice of the page’s own', async () => {
    const holder = put('<cart-echo-notice></cart-echo-notice><cart-echo-notice inline></cart-echo-notice>')
    const { hear, cart } = speaking()
    const stands = () =>
      [...holder.children].map(({ shadowRoot }) => shadowRoot?.querySelectorAll(':scope > :not([hidden])').length)
    await quiet()
    expect(stands()).toEqual([0, 0])
    hear(at(1))
    await says(() => holder.lastChild as HTMLElement, 'change 1')
    cart.dismiss()
    expect(stands()).toEqual([0, 0])
  })

  it('after it has spoken says what comes within seconds as one, with the newest total, while it is seen at once', async () => {
    const { hear } = speaking()
    const said = listening()
    const total = (seq: number) => ({ ...at(seq), changes: { new_total: `RM${seq}.00` } })
    for (let seq = 1; seq <= 5; seq += 1) {
      hear(total(seq))
      await pass(800)
      expect(textOf(only())).toContain(`RM${seq}.00`)
    }
    await pass(10_000)
    expect(said).toEqual(['change 1. New total: RM1.00', 'change 5. New total: RM5.00. And 4 more changes.'])
  })

  it('says the same words again when they are news again, after they were dismissed and while they are open', async () => {
    const { cart, hear } = speaking({ messages: { more: '' } })
    const said = listening()
    const again = (seq: number) => change({ epoch: 'e1', seq }, 'the same')
    hear(again(1))
    await says(only, 'the same')
    cart.dismiss()
    hear(again(2))
    await says(only, 'the same')
    expect(said).toHaveLength(2)
    hear(again(3))
    await pass(6_000)
    expect(said).toHaveLength(3)
    hear({ ...at(4), message: null })
    await pass(6_000)
    expect(said).toHaveLength(3)
  })

  it('does not say again what is shown elsewhere, nor when it is looked at again; what comes next it says', async () => {
    const { hear } = speaking()
    const said = listening()
    hear(at(1))
    await says(only, 'change 1')
    const inline = put('<cart-echo-notice inline></cart-echo-notice>').firstElementChild as HTMLElement
    await says(() => inline, 'change 1')
    expect(shown()).toEqual([inline])
    become('hidden')
    become('visible')
    await pass(6_000)
    expect(said).toHaveLength(1)
    hear(at(2))
    await says(() => inline, 'change 2')
    expect(said).toHaveLength(2)
  })

  it('says it where the notice has gone before it was said', async () => {
    const { hear } = speaking()
    const said = listening()
    hear(at(1))
    await pass(200)
    const inline = put('<cart-echo-notice inline></cart-echo-notice>').firstElementChild as HTMLElement
    await says(() => inline, 'change 1')
    await pass(300)
    expect([shown(), said.length]).toEqual([[inline], 1])
  })

  it('says what it had no time to say when the tab is looked at again', async () => {
    const { hear } = speaking()
    const said = listening()
    hear(at(1))
    await pass(200)
    become('hidden')
    await pass(1_000)
    expect(said).toEqual([])
    become('visible')
    await pass(500)
    expect(said).toHaveLength(1)
  })
})

describe('the words of the page', () => {
  const words = (json: string): HTMLElement =>
    put(`<script type="application/json" data-cart-echo-notice>${json}</script>`)

  it('are the notice’s, with a form for each number', async () => {
    words('{ "label": "old" }')
    words(
      JSON.stringify({
        lang: 'fr',
        label: 'Panier mis à jour',
        dismiss: 'Fermer',
        removed: '{name} est terminée.',
        total: 'Nouveau total : {total}',
        more: { one: 'Et {count} autre changement.', other: 'Et {count} autres changements.' },
        codes: { gone: 'La promotion {name} est terminée.' },
      }),
    )
    const { hear } = speaking()
    hear(change({ epoch: 'e1', seq: 1 }))
    hear(change({ epoch: 'e1', seq: 2, code: 'gone' }))
    await says(only, 'Et 1 autre changement.')
    expect(textOf(only())).toBe('La promotion Raya Sale est terminée.Nouveau total : RM120.00Et 1 autre changement.')
    expect([partOf(only(), 'label').textContent, partOf(only(), 'close').getAttribute('aria-label')]).toEqual([
      'Panier mis à jour',
      'Fermer',
    ])
    expect(partOf(only(), 'total').lang).toBe('fr')
    hear(change({ epoch: 'e1', seq: 3, code: 'gone' }))
    await says(only, 'Et 2 autres changements.')
  })

  it('are under those that were given', async () => {
    words('{ "label": "block", "dismiss": "block" }')
    const { hear } = speaking({ messages: { label: 'given' } })
    hear(at(1))
    await says(only, 'change 1')
    expect(partOf(only(), 'label').textContent).toBe('given')
    expect(partOf(only(), 'close').getAttribute('aria-label')).toBe('block')
  })

  it.each(['{', '7', 'null', '"notice.messages"'])('%s are none: it warns, and speaks English', async (json) => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    words(json)
    const { hear } = speaking()
    hear(at(1))
    await says(only, 'New total: RM120.00')
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('data-cart-echo-notice'))
  })

  const KINDS = ['lang', 'label', 'dismiss', 'changed', 'removed', 'added', 'total', 'more', 'many', 'codes']
  const NO_WORDS = [
    'null',
    '7',
    'true',
    '[]',
    '{}',
    '{ "one": null, "other": null }',
    '{ "gone": null }',
    '{ "gone": 7 }',
  ]
  it.each(KINDS)('whose %s is of a wrong kind has the English word', async (kind) => {
    for (const value of NO_WORDS) {
      const block = words(`{ "${kind}": ${value} }`)
      const { hear, stop, cart } = speaking()
      hear(change({ epoch: 'e1', seq: 1, code: 'gone' }, ''))
      hear(change({ epoch: 'e1', seq: 2, code: 'gone' }, ''))
      await quiet()
      expect(textOf(only()), value).toBe(
        'Your cart has changed.Raya Sale has ended.New total: RM120.00And 1 more change.',
      )
      expect(partOf(only(), 'label').textContent).toBe('Cart update')
      stop()
      cart.stop()
      block.remove()
    }
  })

  it('that are no text are not said', async () => {
    words('{ "label": 1, "dismiss": null, "total": {}, "more": 7, "codes": 3, "lang": [], "removed": "<b>{name}</b>" }')
    const { hear } = speaking()
    hear(at(1))
    hear(at(2))
    await says(only, 'And 1 more change.')
    expect(textOf(only())).toBe('change 2<b>Raya Sale</b>New total: RM120.00And 1 more change.')
    expect(partOf(only(), 'close').getAttribute('aria-label')).toBe('Dismiss')
    expect(only().shadowRoot?.querySelector('b')).toBeNull()
  })
})

describe('the focus', () => {
  const pressEscape = (from: HTMLElement): KeyboardEvent => {
    const event = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true, cancelable: true })
    from.dispatchEvent(event)
    return event
  }

  it('stays where it is when news come', async () => {
    const field = put('<input>').firstElementChild as HTMLElement
    const { hear } = speaking()
    field.focus()
    hear(at(1))
    await says(only, 'change 1')
    expect(document.activeElement).toBe(field)
  })

  it('goes back where it was when Escape closes the notice', async () => {
    const field = put('<input>').firstElementChild as HTMLElement
    const { cart, hear } = speaking()
    field.focus()
    hear(at(1))
    await says(only, 'change 1')
    partOf(only(), 'close').focus()
    const event = pressEscape(partOf(only(), 'close'))
    expect(event.defaultPrevented).toBe(true)
    expect(cart.news.get().unread).toEqual([])
    expect(document.activeElement).toBe(field)
  })

  it('elsewhere leaves Escape alone', async () => {
    const field = put('<input>').firstElementChild as HTMLElement
    const { cart, hear } = speaking()
    hear(at(1))
    await says(only, 'change 1')
    field.focus()
    expect(pressEscape(field).defaultPrevented).toBe(false)
    expect(cart.news.get().unread).toHaveLength(1)
  })
})

describe('start and stop', () => {
  it('leave nothing behind', async () => {
    const { hear, stop, cart } = speaking()
    hear(at(1))
    await says(only, 'change 1')
    stop()
    stop()
    expect(notices()).toEqual([])
    hear(at(2))
    await quiet()
    expect(notices()).toEqual([])
    undo.push(showNotices(cart))
    await says(only, 'change 2')
  })

  it('a hundred times leave no listener and no element', () => {
    const { client } = listeningClient()
    let listeners = 0
    for (const target of [window, document]) {
      const { addEventListener, removeEventListener } = target
      vi.spyOn(target, 'addEventListener').mockImplementation((name: string, run: unknown, options: unknown) => {
        listeners += 1
        const { signal } = (options ?? {}) as { signal?: AbortSignal }
        signal?.addEventListener('abort', () => {
          listeners -= 1
        })
        addEventListener.call(target, name, run as EventListener, options as AddEventListenerOptions)
      })
      vi.spyOn(target, 'removeEventListener').mockImplementation((name: string, run: unknown) => {
        listeners -= 1
        removeEventListener.call(target, name, run as EventListener)
      })
    }
    let subscribers = 0
    const { news } = client
    const cart: CartEcho = {
      ...client,
      news: {
        ...news,
        subscribe: (run) => {
          const stop = news.subscribe(run)
          subscribers += 1
          return () => {
            subscribers -= 1
            stop()
          }
        },
      },
    }
    showNotices(cart)()
    expect([listeners, subscribers]).toEqual([0, 0])
    let most = 0
    for (let count = 0; count < 100; count += 1) {
      const stop = showNotices(cart)
      most = Math.max(most, listeners)
      stop()
    }
    expect(most).toBeGreaterThan(0)
    expect([listeners, subscribers, notices().length]).toEqual([0, 0, 0])
  })

  it('leave no timer behind, also in the middle of a burst', () => {
    const { hear, stop } = speaking()
    hear(at(1))
    expect(vi.getTimerCount()).toBe(1)
    stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('twice at once show one notice, which stays until both have ended', async () => {
    const { cart, hear, stop } = speaking()
    const stopOther = showNotices(cart)
    const heard = vi.fn()
    document.addEventListener('cart-echo-notice', heard)
    undo.push(stopOther, () => document.removeEventListener('cart-echo-notice', heard))
    hear(at(1))
    await says(only, 'change 1')
    expect(heard).toHaveBeenCalledTimes(1)
    stop()
    await says(only, 'change 1')
    stopOther()
    expect(notices()).toEqual([])
  })
})

const answerFor = (owner: string, since: { epoch: string; seq: number } | null) => ({
  since,
  owner,
  cursor: { epoch: 'e1', seq: 1 },
  events: since?.seq === 0 ? [{ event: 'cart.conditions.changed', payload: at(1) }] : [],
  reset: false,
})

/** A cart with one change unread, whose check fails with the code given, or answers for that owner. */
const fakeCart = (code: string | null, owner: string | null = 'mine') => {
  const { client, hear, environment } = listeningClient()
  client.start()
  hear(at(1))
  undo.push(client.stop)
  const listeners = new Set<(connection: never) => void>()
  let connection: object = { name: 'live', reason: 'subscribed', sinceMs: 0 }
  let failure = code
  let checks = 0
  const cart = {
    ...client,
    connection: {
      get: () => connection,
      subscribe: (run: (connection: never) => void) => {
        listeners.add(run)
        return () => listeners.delete(run)
      },
    },
    check: async () => {
      checks += 1
      if (failure !== null) throw Object.assign(new Error(failure), { code: failure })
      return { found: 0, confirmedAtMs: Date.now(), owner }
    },
  } as unknown as CartEcho
  return {
    cart,
    environment,
    checks: () => checks,
    fail: (next: string | null) => {
      failure = next
    },
    become: (name: string, reason = 'x') => {
      connection = { name, reason, sinceMs: 1 }
      for (const run of [...listeners]) run(connection as never)
    },
  }
}
