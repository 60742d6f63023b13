import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import {
  dismiss,
  focused,
  holdNoticePages,
  home,
  isSaid,
  isSilent,
  message,
  NOTICE_SCRIPT,
  type NoticePage,
  notice,
} from '../support/notice-page'

// Where pages have the notice stand, and what they do to it there. Real Chromium.

const { app, openCart, endPromotion, beginPromotion, complaints } = holdNoticePages()

/** Pages that may have inline styles and scripts of their own. */
const open = (body: string, more: NoticePage = {}): Promise<Page> =>
  openCart({ body: `<h1>Your cart</h1><button id="open">Open</button>${body}`, context: { bypassCSP: true }, ...more })

/** What a click in the middle of Dismiss would hit. */
const isInFront = (page: Page): Promise<boolean> =>
  page.evaluate(() => {
    let found: Element | null = null
    const find = (root: Document | ShadowRoot): Element | null => {
      for (const one of root.querySelectorAll('*')) {
        if (one.localName === 'cart-echo-notice') return one
        const inner = one.shadowRoot && find(one.shadowRoot)
        if (inner) return inner
      }
      return null
    }
    const host = find(document)
    const box = host?.shadowRoot?.querySelector('[part~=close]')?.getBoundingClientRect()
    if (!host || !box) return false
    found = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
    while (found && found !== host && found.shadowRoot) {
      found = found.shadowRoot.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
    }
    return found === host
  })

/** Whether the focus is on Dismiss, in whatever shadow tree. */
const isOnDismiss = (page: Page): Promise<boolean> => dismiss(page).evaluate((button) => button.matches(':focus'))

/** A broom, as some pages have: it takes out what they did not put there themselves. */
const sweep = (page: Page, selector: string): Promise<void> =>
  page.evaluate((where) => {
    const broom = (): void => {
      for (const parent of document.querySelectorAll(where)) {
        for (const child of parent.children) if (child.localName === 'cart-echo-notice') child.remove()
      }
    }
    new MutationObserver(broom).observe(document, { childList: true, subtree: true })
  }, selector)

describe('a page that takes out of', () => {
  it('<html> what it did not put there has the notice in <body>', async () => {
    const page = await openCart()
    await sweep(page, 'html')
    endPromotion()
    await isSaid(page)
    expect(await home(page)).toBe('body')
    await dismiss(page).click()
    await isSilent(page)
    beginPromotion()
    await isSaid(page, 'New total: RM108.00')
  })

  it('<html> and <body>, or out of its dialog, is not hung: the notice gives up, and comes back where it may stand', async () => {
    const page = await openCart()
    await sweep(page, 'html, body, dialog')
    endPromotion()
    await page.getByRole('button', { name: 'Check out' }).click()
    await page.evaluate(() => document.querySelector('dialog')?.showModal())
    beginPromotion()
    await expect.poll(() => page.evaluate('cart.news.get().unread.length')).toBe(2)
    await page.getByRole('button', { name: 'Save' }).click()
    expect(await page.locator('cart-echo-notice').count()).toBe(0)
    await page.evaluate(() => document.body.replaceWith(document.createElement('body')))
    expect(complaints()).toEqual([])
  })
})

describe('what comes in front', () => {
  it.each([
    [
      'a popover',
      '<div id="drawer" popover="manual" style="inset: 0; width: 100vw; height: 100vh">Menu</div>',
      'drawer.showPopover()',
    ],
    ['an element on the full screen', '<div id="drawer">Film</div>', 'drawer.requestFullscreen()'],
    [
      'a dialog that is no modal, in a popover',
      '<div id="drawer" popover style="inset: 0; width: 100vw; height: 100vh"><dialog open>Menu</dialog></div>',
      'drawer.showPopover()',
    ],
  ])('%s, is behind the notice all the same, which keeps the focus', async (_what, html, show) => {
    const page = await open(html)
    await page.evaluate((code) => {
      const drawer = document.querySelector('#drawer')
      document.querySelector('#open')?.addEventListener('click', () => new Function('drawer', code)(drawer))
    }, show)
    endPromotion()
    await isSaid(page)
    await page.locator('#open').click()
    await page
      .locator('#drawer')
      .getByText(/Menu|Film/)
      .waitFor()
    await expect.poll(() => isInFront(page)).toBe(true)
    await dismiss(page).focus()
    expect(await isOnDismiss(page)).toBe(true)
    await dismiss(page).click()
    await isSilent(page)
  })
})

describe('a popover in a shadow tree', () => {
  it('is behind the notice as soon as it has the focus', async () => {
    const page = await open('<x-drawer></x-drawer>')
    endPromotion()
    await isSaid(page)
    await page.evaluate(() => {
      const root = document.querySelector('x-drawer')?.attachShadow({ mode: 'open' }) as ShadowRoot
      root.innerHTML =
        '<div popover="manual" style="inset: 0; width: 100vw; height: 100vh"><button>Close</button></div>'
      root.querySelector('div')?.showPopover()
      root.querySelector('button')?.focus()
    })
    await expect.poll(() => isInFront(page)).toBe(true)
  })
})

describe('a modal that is no <dialog>', () => {
  it.each([
    // Bootstrap, Headless UI, focus-trap as its guide shows it.
    ['says that it is one', 'role="dialog" aria-modal="true"', ''],
    // Radix: https://github.com/theKashey/aria-hidden
    [
      'puts the rest away',
      'role="dialog"',
      'for (const one of document.body.children) if (one !== modal) one.ariaHidden = "true"',
    ],
    // Alpine's x-trap.inert
    [
      'puts the rest away, and has no role',
      '',
      'for (const one of document.body.children) if (one !== modal) one.ariaHidden = "true"',
    ],
    ['has the rest inert', '', 'for (const one of document.body.children) if (one !== modal) one.inert = true'],
  ])('and %s has the notice in it, by keyboard and by mouse, and stays open', async (_what, attributes, putAway) => {
    const page =
      await open(`<div id="modal" ${attributes} style="position: fixed; inset: 20% 20% auto; opacity: .9; overflow: hidden; transform: scale(.9)">
      <input id="where"><button id="save">Save</button></div>`)
    await page.evaluate(TRAP)
    await page.evaluate((code) => {
      document.body.style.pointerEvents = 'none'
      const modal = document.querySelector<HTMLElement>('#modal')
      if (modal) modal.style.pointerEvents = 'auto'
      new Function('modal', code)(modal)
      document.querySelector<HTMLElement>('#where')?.focus()
    }, putAway)
    endPromotion()
    await isSaid(page)
    expect(await isInFront(page)).toBe(true)
    expect(await focused(page)).toBe('where')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    expect(await isOnDismiss(page)).toBe(true)
    await page.keyboard.press('Tab')
    expect(await focused(page)).toBe('where')
    await page.keyboard.press('Shift+Tab')
    expect(await isOnDismiss(page)).toBe(true)
    await page.keyboard.press('Escape')
    await isSilent(page)
    expect(await focused(page)).toBe('where')
    beginPromotion()
    await isSaid(page, 'New total: RM108.00')
    await dismiss(page).click()
    await isSilent(page)
    expect(await page.evaluate('closedBy')).toEqual([])
  })

  it('that opens over the notice takes it in, and gives it back when it closes', async () => {
    const page = await open('<div id="modal" role="dialog" hidden><button id="save">Save</button></div>')
    endPromotion()
    await isSaid(page)
    const toggle = (isOpen: boolean): Promise<void> =>
      page.evaluate((isOpen) => {
        const modal = document.querySelector<HTMLElement>('#modal')
        if (!modal) return
        modal.hidden = !isOpen
        modal.ariaModal = isOpen ? 'true' : null
        document.querySelector<HTMLElement>(isOpen ? '#save' : '#open')?.focus()
      }, isOpen)
    await toggle(true)
    await expect.poll(() => home(page)).toBe('div')
    await isSaid(page)
    await toggle(false)
    await expect.poll(() => home(page)).toBe('html')
    await isSaid(page)
  })

  it('and is closed, though it says that it is one, has no notice in it', async () => {
    const page = await open(
      `<div role="dialog" aria-modal="true" style="visibility: hidden">Cart</div>
      <div role="dialog" aria-modal="true" style="position: fixed; right: 0; transform: translateX(100%)">Cart</div>`,
    )
    endPromotion()
    await isSaid(page)
    expect(await home(page)).toBe('html')
  })
})

describe('a modal <dialog> in a shadow tree', () => {
  it('has the notice in it, until it is closed', async () => {
    const page = await open('<x-modal></x-modal>')
    const showModal = (): Promise<void> =>
      page.evaluate(() => {
        const host = document.querySelector('x-modal') as Element
        const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
        root.innerHTML = '<dialog><button>Save</button></dialog>'
        root.querySelector('dialog')?.showModal()
      })
    const close = (): Promise<void> =>
      page.evaluate(() => document.querySelector('x-modal')?.shadowRoot?.querySelector('dialog')?.close())
    endPromotion()
    await isSaid(page)
    await showModal()
    await expect.poll(() => isInFront(page)).toBe(true)
    await close()
    await expect.poll(() => home(page)).toBe('html')
    await isSaid(page)
    await dismiss(page).click()
    await showModal()
    // The focus of whoever has clicked beside everything is nowhere.
    await page.evaluate(() => document.querySelector('x-modal')?.shadowRoot?.querySelector('button')?.blur())
    beginPromotion()
    await isSaid(page, 'New total: RM108.00')
    expect(await isInFront(page)).toBe(true)
    await dismiss(page).click()
    await isSilent(page)
  })
})

describe('an inline notice', () => {
  const INLINE = '<cart-echo-notice inline></cart-echo-notice>'
  const where = (page: Page): Promise<string | undefined> =>
    message(page)
      .filter({ hasText: 'RM120.00' })
      .evaluate((one) => {
        const { host } = one.getRootNode() as ShadowRoot
        return host.hasAttribute('inline') ? 'inline' : host.parentElement?.localName
      })

  it.each([
    [
      'parked by a transform',
      `<aside style="position: fixed; right: 0; transform: translateX(100%)">${INLINE}</aside>`,
    ],
    ['parked on the left', `<aside style="position: absolute; left: -9999px">${INLINE}</aside>`],
    [
      'parked on the right of a page that does not scroll there',
      `<style>body { overflow-x: hidden }</style><aside style="position: absolute; left: 110vw">${INLINE}</aside>`,
    ],
    ['parked below', `<aside style="position: fixed; top: 100%">${INLINE}</aside>`],
    [
      'parked in a box that cuts it off',
      `<div style="overflow: hidden; width: 200px"><aside style="margin-left: 300px; width: 200px">${INLINE}</aside></div>`,
    ],
    ['transparent', `<aside style="opacity: 0">${INLINE}</aside>`],
    ['transparent by a filter', `<aside style="filter: opacity(0)">${INLINE}</aside>`],
    ['of no height', `<aside style="max-height: 0; overflow: hidden">${INLINE}</aside>`],
    ['of no height, and scrolls', `<aside style="max-height: 0; overflow: auto">${INLINE}</aside>`],
    [
      'of no rows',
      `<div style="display: grid; grid-template-rows: 0fr"><aside style="overflow: hidden; min-height: 0">${INLINE}</aside></div>`,
    ],
    ['of no scale', `<aside style="transform: scale(0)">${INLINE}</aside>`],
    ['turned away', `<aside style="transform: rotateY(90deg)">${INLINE}</aside>`],
    ['cut away', `<aside style="clip-path: inset(0 0 0 100%)">${INLINE}</aside>`],
    ['cut away by a circle', `<aside style="clip-path: circle(0px)">${INLINE}</aside>`],
    [
      'for screen readers only',
      `<aside style="position: absolute; width: 1px; height: 1px; overflow: hidden; clip: rect(0, 0, 0, 0)">${INLINE}</aside>`,
    ],
    [
      'behind the page',
      `<style>main { position: fixed; inset: 0; background: white }</style><aside style="position: fixed; z-index: -1">${INLINE}</aside><main>Page</main>`,
    ],
    ['in what is closed', `<details><summary>Cart</summary>${INLINE}</details>`],
    ['skipped', `<aside style="content-visibility: hidden">${INLINE}</aside>`],
  ])('that is %s says nothing: the floating one does', async (_where, html) => {
    const page = await open(html)
    endPromotion()
    await isSaid(page)
    expect(await where(page)).toBe('html')
  })

  it.each([
    ['far below', `<div style="height: 300vh"></div>${INLINE}`],
    [
      'far below in a box that scrolls',
      `<div style="height: 100px; overflow: auto"><div style="height: 300px"></div>${INLINE}</div>`,
    ],
    [
      'in a drawer that is open',
      `<aside style="position: fixed; right: 0; top: 0; transform: translateX(0); width: 300px">${INLINE}</aside>`,
    ],
    ['in a page that reads from right to left', `<style>html { direction: rtl }</style>${INLINE}`],
    ['half transparent', `<aside style="opacity: .5">${INLINE}</aside>`],
  ])('that is %s says it', async (_where, html) => {
    const page = await open(html)
    endPromotion()
    await isSaid(page)
    expect(await where(page)).toBe('inline')
  })

  it('whose drawer closes leaves it to the floating one', async () => {
    const page = await open(`<aside id="drawer" style="position: fixed; right: 0; width: 300px">${INLINE}</aside>`)
    endPromotion()
    await isSaid(page)
    expect(await where(page)).toBe('inline')
    await page.evaluate(() => document.querySelector<HTMLElement>('#drawer')?.style.setProperty('translate', '100%'))
    await page.locator('#open').focus()
    await expect.poll(() => where(page)).toBe('html')
  })

  it('is none where a framework prints inline="false"', async () => {
    const page = await open('<cart-echo-notice inline="false"></cart-echo-notice>')
    endPromotion()
    await isSaid(page)
    expect(
      await notice(page).evaluate((frame) => [getComputedStyle(frame).position, frame.matches(':popover-open')]),
    ).toEqual(['fixed', true])
  })
})

describe('a click in the notice', () => {
  it('is nobody else’s, but that on what the page has put into it', async () => {
    const page = await open('<cart-echo-notice><a id="look" href="#look">View cart</a></cart-echo-notice>')
    await page.evaluate(() => {
      const heard: string[] = []
      for (const name of ['click', 'pointerdown', 'pointerup', 'mousedown', 'mouseup', 'touchstart', 'touchend']) {
        document.addEventListener(name, ({ target }) => heard.push(`${name} ${(target as Element).id}`))
      }
      Object.assign(window, { heard })
    })
    endPromotion()
    await isSaid(page)
    await message(page).click()
    await page.getByRole('link', { name: 'View cart' }).click()
    await dismiss(page).click()
    await isSilent(page)
    expect(await page.evaluate('heard')).toEqual([
      'pointerdown look',
      'mousedown look',
      'pointerup look',
      'mouseup look',
      'click look',
    ])
  })
})

describe('the look', () => {
  it('is as large where <html> makes its type small', async () => {
    const sizes: unknown[] = []
    for (const head of ['', '<style>html { font-size: 62.5% }</style>']) {
      const page = await open('', { head })
      endPromotion()
      await isSaid(page)
      sizes.push(
        await notice(page).evaluate((frame) => {
          const { fontSize, width, padding, borderRadius } = getComputedStyle(frame)
          return [fontSize, width, padding, borderRadius]
        }),
      )
      beginPromotion()
    }
    expect(sizes[0]).toEqual(['16px', '400px', expect.any(String), '12px'])
    expect(sizes[1]).toEqual(sizes[0])
  })

  it.each(['grid', 'flex'])('moves nothing of a page whose <html> is a %s', async (display) => {
    const page = await open('', {
      head: `<style>html { display: ${display}; height: 100%; gap: 1rem; place-content: center }</style>`,
    })
    const placeOf = () => page.locator('body').boundingBox()
    await page.evaluate('stop()')
    const before = await placeOf()
    await page.evaluate('showNotices(cart)')
    endPromotion()
    await isSaid(page)
    expect(await home(page)).toBe('html')
    expect(await placeOf()).toEqual(before)
  })

  it('reads in the direction and the language that <body> says', async () => {
    const page = await open('')
    await page.evaluate(() => {
      document.documentElement.removeAttribute('lang')
      Object.assign(document.body, { dir: 'rtl', lang: 'ar' })
    })
    endPromotion()
    await isSaid(page)
    const looks = await notice(page).evaluate((frame) => {
      const { host } = frame.getRootNode() as ShadowRoot
      const [line] = frame.querySelectorAll('p')
      const { left, right } = frame.getBoundingClientRect()
      return [
        getComputedStyle(frame).direction,
        host.closest('[lang]')?.getAttribute('lang'),
        line?.getAttribute('lang'),
        left < innerWidth - right,
      ]
    })
    expect(looks).toEqual(['rtl', 'ar', 'en', true])
  })
})

describe('a page that is put together anew', () => {
  /** What is seen of the notice right after the page has done something to it, before anything is painted. */
  const afterwards = (page: Page, run: string): Promise<unknown> =>
    page.evaluate(async (code) => {
      new Function(code)()
      for (let count = 0; count < 10; count += 1) await null
      const hosts = [...document.querySelectorAll('cart-echo-notice')]
      const open = hosts.filter(({ shadowRoot }) => shadowRoot?.querySelector('[part~=open]'))
      const root = open[0]?.shadowRoot
      const frame = root?.querySelector('[part~=open]')
      return {
        open: open.length,
        text: root?.querySelector('[part~=message]')?.textContent?.includes('New total') ?? false,
        focus: root?.activeElement?.getAttribute('aria-label') ?? document.activeElement?.localName,
        isOnTop: frame?.matches(':popover-open') ?? false,
        isMoving: (frame?.getAnimations() ?? []).length > 0,
      }
    }, run)
  const AS_BEFORE = { open: 1, text: true, focus: 'Dismiss', isOnTop: true, isMoving: false }

  it('by morphs, as Livewire’s, has the notice in its dialog all the time, with the focus, and says nothing again', async () => {
    const page = await open(
      '<dialog id="delivery"><form method="dialog"><input id="where"><button>Save</button></form></dialog>',
    )
    await page.evaluate(() => document.querySelector('dialog')?.showModal())
    endPromotion()
    await isSaid(page)
    await dismiss(page).focus()
    await notice(page).evaluate((frame) => Promise.all(frame.getAnimations().map(({ finished }) => finished)))
    for (let morph = 0; morph < 20; morph += 1) {
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)))
      // Several components, each of which throws out what it did not render.
      expect(
        await afterwards(
          page,
          "for (let count = 0; count < 3; count += 1) document.querySelector('dialog > cart-echo-notice')?.remove()",
        ),
      ).toEqual(AS_BEFORE)
    }
    expect(await home(page)).toBe('dialog')
    await page.keyboard.press('Enter')
    await isSilent(page)
    expect(await focused(page)).toBe('where')
  })

  it('by another <body> has the notice all the time', async () => {
    const page = await open('')
    endPromotion()
    await isSaid(page)
    await dismiss(page).focus()
    await notice(page).evaluate((frame) => Promise.all(frame.getAnimations().map(({ finished }) => finished)))
    expect(await afterwards(page, "document.body.replaceWith(document.createElement('body'))")).toEqual(AS_BEFORE)
  })

  it('from HTML that was kept, as for Back by Livewire, has no copy of it', async () => {
    const page = await open('')
    endPromotion()
    await isSaid(page)
    await page.evaluate(() => {
      const kept = new DOMParser().parseFromString(document.documentElement.outerHTML, 'text/html')
      document.body.replaceWith(document.adoptNode(kept.body))
    })
    await expect.poll(() => page.locator('cart-echo-notice').count()).toBe(1)
    await isSaid(page)
    await dismiss(page).click()
    await isSilent(page)
    expect(await page.locator('cart-echo-notice').count()).toBe(0)
  })

  it.each([
    // Turbo 8: the element is out of the page for a task, and back in the next.
    [
      'data-turbo-permanent',
      "const one = theirs; const place = document.createComment(''); one.replaceWith(place); setTimeout(() => place.replaceWith(one))",
    ],
    ['hx-preserve, up-keep', 'const one = theirs; const place = one.nextSibling; one.remove(); place.before(one)'],
  ])('with %s keeps the words of its own notice, and the focus in it', async (_what, code) => {
    const page = await open('<cart-echo-notice id="theirs"></cart-echo-notice><p>Footer</p>')
    endPromotion()
    await isSaid(page)
    await dismiss(page).focus()
    const words = await message(page).locator('p').first().elementHandle()
    await page.evaluate((code) => new Function('theirs', code)(document.querySelector('#theirs')), code)
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)))
    // The very same: nothing was taken away and put there again.
    expect(await words?.evaluate((line) => line.isConnected)).toBe(true)
    expect(await isOnDismiss(page)).toBe(true)
    await isSaid(page)
    expect(await message(page).count()).toBe(1)
  })
})

describe('Turbo', () => {
  it('keeps the words, and the focus, of a notice that is data-turbo-permanent', async () => {
    const own = '<cart-echo-notice id="theirs" data-turbo-permanent></cart-echo-notice>'
    const script = `import * as Turbo from '@hotwired/turbo'\nwindow.Turbo = Turbo\n${NOTICE_SCRIPT}`
    const page = await openCart({ script, body: `<h1>Your cart</h1>${own}` })
    writeFileSync(
      join(app.held.server.folder, 'next.html'),
      `<!doctype html><html lang="en"><head><title>Next</title></head><body><h1>Next</h1>${own}<!-- cart-echo -->
      <script type="module" src="/page.js"></script></body></html>`,
    )
    endPromotion()
    await isSaid(page)
    await dismiss(page).focus()
    const words = await message(page).locator('p').first().elementHandle()
    await page.evaluate(() => (window as unknown as { Turbo: { visit: (url: string) => void } }).Turbo.visit('/next'))
    await page.getByRole('heading', { name: 'Next' }).waitFor()
    await expect.poll(() => isOnDismiss(page)).toBe(true)
    expect(await words?.evaluate((line) => line.isConnected)).toBe(true)
    await dismiss(page).click()
    await isSilent(page)
  })
})

describe('who reads the page line by line', () => {
  it('goes on where they were when they have dismissed the notice, with the focus nowhere before', async () => {
    const page = await open('<p id="line">Two cups.</p>')
    // As a screen reader moves through a page.
    const readAt = (where: 'line' | 'Dismiss'): Promise<void> =>
      page.evaluate((where) => {
        const root = document.querySelector('cart-echo-notice')?.shadowRoot
        const node = where === 'line' ? document.querySelector('#line')?.firstChild : root?.querySelector('button')
        getSelection()?.collapse(node ?? null, 0)
      }, where)
    await readAt('line')
    endPromotion()
    await isSaid(page)
    await readAt('Dismiss')
    await dismiss(page).focus()
    await page.keyboard.press('Enter')
    await isSilent(page)
    expect(await page.evaluate(() => getSelection()?.anchorNode?.textContent)).toBe('Two cups.')
  })
})

describe('React 18 that hydrates the whole document', () => {
  const script = `
    import { createElement as h, useEffect } from 'react'
    import { hydrateRoot } from 'react-dom/client'
    ${NOTICE_SCRIPT}
    const Page = () => h('html', { lang: 'en' }, h('head', null, h('title', null, 't')),
      h('body', null, h('h1', null, 'Your cart'), h('input', { id: 'typed' }), h('dialog', null, h('button', null, 'Save'))))
    window.errors = []
    window.hydrate = () => hydrateRoot(document, h(Page), { onRecoverableError: (error) => window.errors.push(String(error)) })
  `
  const openDocument = async (): Promise<Page> => {
    const page = await openCart({ script, bundling: { alias: { react: 'react-18', 'react-dom': 'react-dom-18' } } })
    // As a server renders it.
    await page.evaluate(() => {
      const made = new DOMParser().parseFromString(
        '<!doctype html><html lang="en"><head><title>t</title></head><body><h1>Your cart</h1><input id="typed"><dialog><button>Save</button></dialog></body></html>',
        'text/html',
      )
      document.head.replaceWith(document.adoptNode(made.head))
      document.body.replaceWith(document.adoptNode(made.body))
      document.documentElement.removeAttribute('data-state')
    })
    await page.locator('#typed').fill('Kuala')
    return page
  }

  it('finds what it rendered, and nothing typed is lost', async () => {
    const page = await openDocument()
    await page.evaluate('hydrate()')
    await expect.poll(() => page.evaluate('Object.keys(document).join()')).toContain('__reactContainer')
    endPromotion()
    await isSaid(page)
    expect(await home(page)).toBe('body')
    expect(await page.evaluate('errors')).toEqual([])
    expect(await page.locator('#typed').inputValue()).toBe('Kuala')
  })

  it('and begins anew for reasons of its own leaves dialogs watched', async () => {
    const page = await openDocument()
    await page.evaluate(() => document.body.prepend('not rendered by React'))
    endPromotion()
    await isSaid(page)
    await page.evaluate('hydrate()')
    await expect.poll(() => page.locator('#typed').inputValue()).toBe('')
    await isSaid(page)
    await page.evaluate(() => document.querySelector('dialog')?.showModal())
    await expect.poll(() => home(page)).toBe('dialog')
  })
})

/** A focus trap: what it keeps is the focus, and the mouse; what is pressed outside, and Escape, closes it. As focus-trap and Radix do it. */
const TRAP = `
  window.closedBy = []
  const modal = document.querySelector('#modal')
  const stops = () => [...modal.querySelectorAll('input, button, [tabindex]')]
  const isOutside = (event) => !event.composedPath().includes(modal)
  for (const name of ['pointerdown', 'mousedown', 'click']) {
    document.addEventListener(name, (event) => isOutside(event) && (event.preventDefault(), event.stopImmediatePropagation(), closedBy.push(name)), true)
  }
  // React hears at the root, and asks by its own tree.
  document.addEventListener('pointerdown', ({ target }) => target.localName === 'cart-echo-notice' && closedBy.push('pointerdown'))
  document.addEventListener('focusin', ({ target }) => modal.contains(target) || stops()[0].focus())
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') closedBy.push('Escape')
    if (event.key !== 'Tab') return
    const [first, last] = [stops()[0], stops().at(-1)]
    if (event.shiftKey ? document.activeElement !== first : document.activeElement !== last) return
    event.preventDefault()
    ;(event.shiftKey ? last : first).focus()
  }, true)
`
