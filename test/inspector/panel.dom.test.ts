import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { type InspectOptions, inspect } from '../../src/inspector/inspect'
import { type ListeningClient, listeningClient } from '../support/listening-client'
import { at, change } from '../support/payloads'

// The page's time passes when told. The cart's own timers are on a clock of their own: whatever waits here is the panel's.

const undo: (() => void)[] = []

const inspected = (options?: InspectOptions): ListeningClient & { stop: () => void } => {
  const page = listeningClient({ canAsk: true, identity: { user: 7, owner: 'mine', cursor: 'e1:1' } })
  page.client.start()
  const stop = inspect(page.client, options)
  undo.push(stop, page.client.stop)
  return { ...page, stop }
}

const hosts = (): Element[] => [...document.querySelectorAll('cart-echo-inspector')]
const find = <Found extends Element = HTMLElement>(selector: string): Found =>
  hosts()[0]?.shadowRoot?.querySelector(selector) as Found
const textOf = (selector: string): string => find(selector)?.textContent ?? ''
const press = (label: string): void => find<HTMLButtonElement>(`button[aria-label="${label}"]`).click()
const named = (text: string): HTMLButtonElement =>
  [...(hosts()[0]?.shadowRoot?.querySelectorAll('button') ?? [])].find(
    (one) => one.textContent === text,
  ) as HTMLButtonElement
const key = (selector: string, name: string, shiftKey = false): void =>
  void find(selector).dispatchEvent(
    new KeyboardEvent('keydown', { key: name, shiftKey, bubbles: true, cancelable: true, composed: true }),
  )

/** What is due within a frame or two is drawn. */
const draw = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(40)
}

const hide = (isHidden: boolean): void => {
  Object.defineProperty(document, 'visibilityState', {
    configurable: true,
    get: () => (isHidden ? 'hidden' : 'visible'),
  })
  document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'requestAnimationFrame', 'cancelAnimationFrame', 'Date'],
  })
})

afterEach(() => {
  for (const one of undo.splice(0)) one()
  Reflect.deleteProperty(document, 'visibilityState')
  sessionStorage.clear()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('the panel', () => {
  it('says how the page is fed, why, what happens next, and where more stands', async () => {
    const { link } = inspected({ docs: '/docs/errors.md' })
    await draw()
    expect([textOf('.now b'), textOf('.now code'), textOf('.badge')]).toEqual([
      'Connecting',
      'connecting: finding-echo',
      'Connecting',
    ])
    const error = new CartEchoError('check-failed', 'HTTP 503', { status: 503 })
    link().sink.state({ name: 'delayed', reason: 'check-failed', error, nextTryAtMs: Date.now() + 12_000 })
    await draw()
    expect(textOf('.now code')).toBe('waiting: check-failed')
    expect(textOf('.connection .wrong')).toBe('check-failed (HTTP 503): HTTP 503')
    expect(find('.connection a').getAttribute('href')).toBe('/docs/errors.md#check-failed')
    expect(textOf('.connection')).toContain('It is tried again by itself.')
  })

  it('counts down to the next try', async () => {
    const { link } = inspected()
    link().sink.state({ name: 'socket-lost', nextTryAtMs: Date.now() + 3_000 })
    await draw()
    const said: string[] = []
    for (let second = 0; second < 4; second += 1) {
      said.push(textOf('.countdown'))
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(said).toEqual(['Next try in 3 s.', 'Next try in 2 s.', 'Next try in 1 s.', 'Next try: now.'])
    link().sink.state({ name: 'subscribed' })
    await draw()
    expect(textOf('.countdown')).toBe('')
  })

  it('draws what is heard and told in its lanes, the state above them, and an outage as a shade over all', async () => {
    const { hear, link } = inspected()
    link().sink.state({ name: 'subscribed' })
    hear(at(2, { sent_at_ms: Date.now() - 1_000 }))
    hear(at(3, { sent_at_ms: Date.now() - 1_000 }))
    hear(at(3))
    await draw()
    const count = (selector: string): number =>
      hosts()[0]?.shadowRoot?.querySelectorAll(`.chart ${selector}`).length ?? 0
    expect([
      count('.mark.socket'),
      count('.mark.duplicate'),
      count('.mark.published'),
      count('.shade.waiting'),
    ]).toEqual([5, 1, 2, 0])
    link().sink.state({ name: 'socket-lost' })
    await vi.advanceTimersByTimeAsync(5_000)
    expect([count('.shade.waiting'), count('.state.live'), count('.state.waiting')]).toEqual([1, 1, 1])
  })

  it('draws once what looks the same in a storm: of a thousand changes, a few marks; all of them are in the log', async () => {
    const { hear } = inspected()
    for (let seq = 2; seq <= 1_001; seq += 1) hear(at(seq, { sent_at_ms: Date.now() }))
    await draw()
    const count = (selector: string): number =>
      hosts()[0]?.shadowRoot?.querySelectorAll(`.chart ${selector}`).length ?? 0
    // One heard and one told, and what joins them.
    expect([count('.mark.socket'), count('.mark.published'), count('.link')]).toEqual([2, 1, 1])
    expect(hosts()[0]?.shadowRoot?.textContent).toContain('Log 2000')
  })

  it('says why nothing is drawn as published', async () => {
    const { hear } = inspected()
    await draw()
    expect(textOf('.chart .hint')).toBe('')
    hear(at(2))
    await draw()
    expect(textOf('.chart .hint')).toBe('not known: the server writes no cart_echo.sent_at_ms')
    hear(at(3, { sent_at_ms: Date.now() }))
    await draw()
    expect(textOf('.chart .hint')).toBe('known from the second change on')
    hear(at(4, { sent_at_ms: Date.now() }))
    await draw()
    expect(textOf('.chart .hint')).toBe('')
  })

  it('shows payloads as text, with what is wrong in them, when they are opened', async () => {
    const { hear } = inspected()
    hear({ message: 3, changes: { name: '<img src=x>' } })
    const section = [...(hosts()[0]?.shadowRoot?.querySelectorAll('.section') ?? [])].find((one) =>
      one.textContent?.startsWith('Payloads'),
    ) as HTMLDetailsElement
    await draw()
    expect(section.querySelector('.count')?.textContent).toBe('1')
    expect(section.querySelector('pre')).toBe(null)
    section.open = true
    section.dispatchEvent(new Event('toggle'))
    await draw()
    const one = section.querySelector('details') as HTMLDetailsElement
    expect(one.querySelector('pre')?.textContent).toBe('')
    one.open = true
    one.dispatchEvent(new Event('toggle'))
    expect(one.querySelector('pre')?.textContent).toBe(
      JSON.stringify({ message: 3, changes: { name: '<img src=x>' } }, null, 2),
    )
    expect(one.querySelector('p.wrong')?.textContent).toContain('message: expected a string or null, got 3')
    expect(one.querySelector('img')).toBe(null)
  })

  it('shows what nobody would see in payloads and errors, or what turns other text round', async () => {
    const { hear } = inspected()
    // U+2060 is of no width, U+E0041 a tag: the rest is what it looks like, with a joiner.
    hear({
      '\u202egpj.exe\u2066': '\u007f\u2060\u{e0041}',
      message: '\u202e\u0000<b>',
      changes: '\u202e',
      kept: 'a\u200d\nb',
    })
    for (const element of hosts()[0]?.shadowRoot?.querySelectorAll('details') ?? []) element.open = true
    await draw()
    const one = find<HTMLDetailsElement>('.list details')
    one.open = true
    one.dispatchEvent(new Event('toggle'))
    expect(textOf('.list pre')).toBe(
      '{\n  "\\u202egpj.exe\\u2066": "\\u007f\\u2060\\udb40\\udc41",\n  "message": "\\u202e\\u0000<b>",\n  "changes": "\\u202e",\n  "kept": "a\u200d\\nb"\n}',
    )
    const wrong = 'got "\\u202e"'
    expect([textOf('.list p.wrong'), textOf('.log')].map((text) => text.includes(wrong))).toEqual([true, true])
  })

  it('asks the check, and says what came of it', async () => {
    const { link } = inspected()
    named('Check now').click()
    named('Check now').click()
    expect(link().asked).toHaveLength(1)
    expect([textOf('.said'), named('Check now').getAttribute('aria-disabled')]).toEqual(['Asking the check …', 'true'])
    await link().asked[0]?.fail()
    await draw()
    expect(textOf('.said')).toMatch(/^No answer: check-failed/)
    expect(named('Check now').getAttribute('aria-disabled')).toBe(null)
  })

  it('has the page let its connection go and come back, as a tab that is frozen', () => {
    const heard: string[] = []
    for (const name of ['freeze', 'resume'])
      document.addEventListener(name, ({ type }) => heard.push(type), { once: true })
    const { client } = inspected()
    named('Drop the socket').click()
    expect(heard).toEqual(['freeze', 'resume'])
    expect(textOf('.said')).toContain('frozen')
    client.stop()
    named('Drop the socket').click()
    expect([heard.length, textOf('.said')]).toEqual([2, 'The page listens to nothing, so there is nothing to drop.'])
  })

  it('shows the report where it cannot be copied', async () => {
    vi.stubGlobal('navigator', { userAgent: 'Testscape', clipboard: undefined })
    inspected()
    named('Copy a report').click()
    await draw()
    vi.unstubAllGlobals()
    expect(find<HTMLTextAreaElement>('textarea').value).toMatch(/^cart-echo unbuilt, .*\nTestscape; /)
    expect(find('textarea').hidden).toBe(false)
  })
})

describe('a clipboard of the page’s own', () => {
  it.each([
    ['that promises nothing', () => undefined, 'The report is copied.'],
    ['that returns something else', () => 5, 'The report is copied.'],
    ['that refuses', () => Promise.reject(new Error('no')), 'The browser does not let it be copied.'],
    [
      'that throws',
      () => {
        throw new Error('no')
      },
      'The browser does not let it be copied.',
    ],
  ])('%s, does no harm', async (_, writeText, words) => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined)
    vi.stubGlobal('navigator', { userAgent: 'Testscape', clipboard: { writeText } })
    inspected()
    named('Copy a report').click()
    await draw()
    vi.unstubAllGlobals()
    expect([hosts().length, warn.mock.calls]).toEqual([1, []])
    expect(textOf('.said')).toContain(words)
  })
})

describe('what is known of a customer', () => {
  const sections = (): string =>
    [...(hosts()[0]?.shadowRoot?.querySelectorAll('.section') ?? [])]
      .map((one) => one.textContent)
      .filter((text) => /^(Payloads|Errors)/.test(text))
      .join()
  const openAll = (): void => {
    for (const one of hosts()[0]?.shadowRoot?.querySelectorAll('details') ?? []) {
      one.open = true
      one.dispatchEvent(new Event('toggle'))
    }
  }
  const shown = async () => {
    const page = inspected()
    page.hear(change({ epoch: 'e1', seq: 2 }, 'of Aisyah'))
    page.hear({ message: null, changes: 'of Aisyah' })
    openAll()
    await draw()
    openAll()
    expect(sections().split('of Aisyah')).toHaveLength(5)
    return page
  }
  const farewells: readonly (readonly [string, (page: ListeningClient) => void])[] = [
    ['another logs in', ({ client }) => client.identify({ user: 8, owner: 'other', cursor: 'e2:1' })],
    ['they log out', ({ client }) => client.identify({ user: null })],
    ['the server says that another is logged in', ({ link }) => link().sink.note({ name: 'other-user' })],
    [
      'their session is over',
      ({ link }) => {
        const error = new CartEchoError('session-over', 'HTTP 401')
        link().sink.state({ name: 'refused', reason: 'session-over', error })
      },
    ],
    ['the page goes into the back/forward cache', () => void dispatchEvent(new Event('pagehide'))],
  ]

  it.each(farewells)('is gone from the panel at once when %s', async (_, farewell) => {
    const page = await shown()
    farewell(page)
    expect(sections()).not.toContain('Aisyah')
  })

  it.each(farewells)('is gone, too, from what is closed, minimised and hidden when %s', async (_, farewell) => {
    const page = await shown()
    for (const one of hosts()[0]?.shadowRoot?.querySelectorAll('details') ?? []) one.open = false
    press('Minimise the inspector')
    hide(true)
    farewell(page)
    expect(sections()).not.toContain('Aisyah')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('stays when the same customer’s page is rendered anew, stops or starts', async () => {
    const { client } = await shown()
    client.identify({ user: 7, owner: 'mine', cursor: 'e1:2' })
    client.stop()
    client.start()
    await draw()
    expect(sections()).toContain('of Aisyah')
  })
})

describe('the time that the panel takes', () => {
  it('is none while the page is hidden, and while it is minimised; what happens meanwhile is there afterwards', async () => {
    const { hear, link } = inspected()
    await draw()
    expect(vi.getTimerCount()).toBe(1)
    hide(true)
    expect(vi.getTimerCount()).toBe(0)
    hear(at(2))
    expect(vi.getTimerCount()).toBe(0)
    hide(false)
    await draw()
    press('Minimise the inspector')
    await draw()
    expect(vi.getTimerCount()).toBe(0)
    hear(at(3))
    await draw()
    expect(vi.getTimerCount()).toBe(0)
    link().sink.state({ name: 'subscribed' })
    await draw()
    expect([textOf('.badge'), vi.getTimerCount()]).toEqual(['Live', 0])
    press('Open the inspector')
    await draw()
    expect(hosts()[0]?.shadowRoot?.querySelectorAll('.chart .mark.socket')).toHaveLength(4)
  })

  it('is none while one looks back and nothing is due', async () => {
    const { client, hear } = inspected()
    await vi.advanceTimersByTimeAsync(60_000)
    press('Earlier')
    await draw()
    expect(client.nextTryAtMs()).toBe(null)
    expect(vi.getTimerCount()).toBe(0)
    expect(named('Now').getAttribute('aria-pressed')).toBe('false')
    const before = textOf('.range')
    expect(before).toMatch(/^1 min until /)
    hear(at(2))
    await vi.advanceTimersByTimeAsync(5_000)
    expect([textOf('.range'), vi.getTimerCount()]).toEqual([before, 0])
    key('.field', 'End')
    await draw()
    expect([named('Now').getAttribute('aria-pressed'), vi.getTimerCount()]).toEqual(['true', 1])
  })

  it('is a step a second for who wants no motion', async () => {
    vi.spyOn(globalThis, 'matchMedia').mockReturnValue({ matches: true } as MediaQueryList)
    const measured = Object.hasOwn(Element.prototype, 'clientWidth') ? Element.prototype : HTMLElement.prototype
    vi.spyOn(measured, 'clientWidth', 'get').mockReturnValue(706)
    inspected()
    const x = (): string | null => find('.chart g[transform]').getAttribute('transform')
    await draw()
    const before = x()
    await vi.advanceTimersByTimeAsync(900)
    expect(x()).toBe(before)
    await vi.advanceTimersByTimeAsync(1_100)
    expect(x()).not.toBe(before)
  })
})

describe('a panel that one moves', () => {
  const place = (): string[] =>
    ['left', 'top', 'width', '--height'].map((name) => find('.panel').style.getPropertyValue(name))

  it('goes by arrow keys, in long steps with Shift, not out of the window, and is there again when it is opened anew', async () => {
    const { stop, client } = inspected()
    for (let n = 0; n < 50; n += 1) key('.sizer', 'ArrowUp', true)
    for (let n = 0; n < 50; n += 1) key('.sizer', 'ArrowLeft', true)
    expect(place().slice(2)).toEqual(['280px', '160px'])
    key('.mover', 'ArrowLeft', true)
    const [left] = place()
    key('.mover', 'ArrowRight')
    expect(Number.parseInt(place()[0] ?? '', 10) - Number.parseInt(left ?? '', 10)).toBe(16)
    for (let n = 0; n < 200; n += 1) key('.mover', 'ArrowUp', true)
    for (let n = 0; n < 200; n += 1) key('.mover', 'ArrowLeft', true)
    expect(place()).toEqual(['0px', '0px', '280px', '160px'])
    key('.sizer', 'ArrowDown')
    expect(place()[3]).toBe('176px')
    const before = place()
    stop()
    undo.push(inspect(client))
    expect(place()).toEqual(before)
  })

  it('stands where it stands without storage, too', () => {
    vi.stubGlobal('sessionStorage', {
      getItem: () => {
        throw new Error('not allowed')
      },
      setItem: () => {
        throw new Error('not allowed')
      },
    })
    inspected()
    key('.mover', 'ArrowLeft')
    vi.unstubAllGlobals()
    expect(hosts()).toHaveLength(1)
  })

  it('keeps what is done in it from the page', () => {
    const heard: string[] = []
    const hear = ({ type }: Event): void => void heard.push(type)
    const names = [
      'keydown',
      'click',
      'focusin',
      'focusout',
      'wheel',
      'touchmove',
      'contextmenu',
      'selectstart',
      'copy',
    ]
    for (const name of names) document.addEventListener(name, hear)
    inspected()
    key('.field', '+')
    named('Now').click()
    for (const name of names) find('.field').dispatchEvent(new Event(name, { bubbles: true, composed: true }))
    for (const name of names) document.removeEventListener(name, hear)
    expect(heard).toEqual([])
  })
})

describe('one panel a page', () => {
  it('is opened once for a cart, and brought back when it is opened again', async () => {
    const { client, stop } = inspected()
    press('Minimise the inspector')
    expect(inspect(client)).toBe(stop)
    expect(hosts()).toHaveLength(1)
    expect(find('.body').hidden).toBe(false)
  })

  it('gives way to that of another cart', () => {
    const first = inspected()
    inspected()
    expect(hosts()).toHaveLength(1)
    first.stop()
    expect(hosts()).toHaveLength(1)
  })

  it('is shown by the address alone where the options say so', () => {
    const { href } = location
    const { client } = inspected({ byAddress: true })
    expect(hosts()).toHaveLength(0)
    for (const [query, count] of [
      ['?cart-echo=inspect', 1],
      ['?cart-echo=other', 0],
      ['?inspect', 0],
      ['?a=1&cart-echo=inspect', 1],
    ] as const) {
      history.replaceState(null, '', query)
      const stop = inspect(client, { byAddress: true })
      expect(hosts(), query).toHaveLength(count)
      stop()
    }
    history.replaceState(null, '', href)
  })
})

describe('a page where another copy, or the page itself, has defined the element', () => {
  it('gets a warning, and no panel', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined)
    vi.spyOn(customElements, 'get').mockReturnValue(class extends HTMLElement {})
    const { stop } = inspected()
    stop()
    expect([hosts().length, warn.mock.calls.length]).toEqual([0, 1])
    expect(warn.mock.calls[0]?.[0]).toContain('<cart-echo-inspector> is defined already')
  })
})

describe('the end of a panel', () => {
  it.each([
    ['when it is stopped', ({ stop }: ReturnType<typeof inspected>) => stop()],
    ['when it is closed', () => press('Close the inspector')],
    ['when the page throws it out', () => hosts()[0]?.remove()],
  ])('comes %s, and leaves no element, no timer and no listener', async (_, end) => {
    const page = inspected()
    await draw()
    end(page)
    await draw()
    expect([hosts().length, vi.getTimerCount()]).toEqual([0, 0])
    page.hear(at(2))
    page.client.stop()
    globalThis.dispatchEvent(new Event('resize'))
    document.dispatchEvent(new Event('visibilitychange'))
    await draw()
    expect([hosts().length, vi.getTimerCount()]).toEqual([0, 0])
    page.stop()
  })

  it('does not come when the page only moves it', async () => {
    inspected()
    document.body.append(hosts()[0] as Element)
    await draw()
    expect(hosts()).toHaveLength(1)
  })

  it('gives the focus back to where it was', async () => {
    const own = document.createElement('button')
    document.body.append(own)
    undo.push(() => own.remove())
    inspected()
    own.focus()
    find('.mover').focus()
    find('.mover').dispatchEvent(new FocusEvent('focusin', { relatedTarget: own, bubbles: true }))
    press('Close the inspector')
    expect(document.activeElement).toBe(own)
  })

  it('comes with a warning when it fails, and nothing of that reaches the page or its onError', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined)
    const page = inspected()
    await draw()
    vi.spyOn(page.client, 'nextTryAtMs').mockImplementation(() => {
      throw new Error('no')
    })
    page.hear(at(2))
    await draw()
    expect([hosts().length, vi.getTimerCount(), page.errors]).toEqual([0, 0, []])
    expect(warn.mock.calls).toEqual([['cart-echo: the inspector has failed, and is closed.', new Error('no')]])
  })

  it.each([[undefined], [null], [{}], ['cart']])(
    'comes at once, with a warning, where the cart is none: %o',
    (none) => {
      const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined)
      undo.push(inspect(none as unknown as ListeningClient['client']))
      expect([hosts().length, warn.mock.calls.length]).toEqual([0, 1])
      expect(warn.mock.calls[0]?.[0]).toBe('cart-echo: the inspector has failed, and is closed.')
    },
  )

  it('comes the same way when a button fails', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue(undefined)
    const { client } = inspected()
    vi.spyOn(client.connection, 'get').mockImplementation(() => {
      throw new Error('no')
    })
    named('Copy a report').click()
    expect([hosts().length, warn.mock.calls.length]).toEqual([0, 1])
  })
})
