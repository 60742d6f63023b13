import type { Page } from 'playwright'
import { expect } from 'vitest'
import type { ServerComponents } from '../../support/livewire-server/component'
import type { LivewireServer } from '../../support/livewire-server/livewire-server'
import { RECORDER } from './livewire-recorder'

/** Where a story is played. */
export interface Stage {
  readonly server: LivewireServer
  readonly page: Page
}

/** What happens on a page. */
export type Story = (stage: Stage) => Promise<unknown>

/** The components of the stories. */
export const COMPONENTS: ServerComponents = {
  counter: {
    mount: () => ({ n: 0, heard: '', voucher: '', isGrown: false }),
    on: {
      x: ({ data }, words) => void Object.assign(data, { n: Number(data.n) + 1, heard: JSON.stringify(words) }),
    },
    methods: {
      one: () => 1,
      two: () => 2,
      grow: ({ data }) => void Object.assign(data, { isGrown: !data.isGrown }),
      say: ({ data, dispatch }) => {
        Object.assign(data, { n: 10 })
        dispatch('said', { n: 1 })
        dispatch('x', { n: 2 }, { self: true })
        dispatch('x', { n: 3 }, { to: 'other' })
      },
      leave: ({ redirect }) => redirect('/next'),
    },
    view: ({ n, heard, voucher, isGrown }) => `<section>
      <b data-shown>${n}${heard}</b><i data-shown>${voucher}</i>
      <input id="voucher" wire:model="voucher"><input id="live" wire:model.live="voucher">
      <ul>${isGrown ? '<li wire:key="grown"><livewire:other /></li>' : ''}</ul>
    </section>`,
  },
  other: {
    mount: () => ({ n: 0 }),
    on: { x: ({ data }) => void Object.assign(data, { n: Number(data.n) + 1 }), said: () => undefined },
    view: ({ n }) => `<div><b data-shown>${n}</b></div>`,
  },
  isolated: { on: { x: () => undefined }, memo: { isolate: true }, view: () => '<section></section>' },
  child: { mount: () => ({ n: 0 }), memo: { props: ['n'] }, view: () => '<section></section>' },
  parent: { on: { x: () => undefined }, view: () => '<section><div><livewire:child /></div></section>' },
}

const pageOf = (body: string, head = ''): string => `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="csrf-token" content="%CSRF%"><title>t</title><script src="/record.js"></script>${head}</head><body>${body}
<script src="/livewire.js" data-csrf="%CSRF%" data-update-uri="/livewire/update" data-navigate-once="true"></script></body></html>`

const notes = (words: string, attributes = ''): string => `<script ${attributes}>note('${words}')</script>`

// What runs again in the next page, what does not, and what stays.
const AROUND = `<i x-persist="kept" data-shown></i>${notes('script in the body runs')}${notes('once runs', 'data-navigate-once')}`

/** The pages of the stories. `livewire.js` is whoever plays them. */
export const PAGES: Readonly<Record<string, string>> = {
  'index.html': pageOf('<livewire:counter /><livewire:other />'),
  'isolated.html': pageOf('<livewire:counter /><livewire:isolated />'),
  'lazy.html': pageOf('<livewire:other lazy /><livewire:counter />'),
  'nested.html': pageOf('<livewire:parent /><livewire:counter />'),
  'start.html': pageOf(
    `<livewire:counter /><a href="/next" wire:navigate>go</a>${AROUND}`,
    notes('script in the head runs'),
  ),
  'next.html': pageOf(
    `<livewire:other /><a href="/start" wire:navigate>back</a>${AROUND}`,
    `${notes('script in the head runs')}<script src="/new.js"></script>`,
  ),
  'new.js': "note('new.js runs')",
  'record.js': RECORDER,
  'favicon.ico': '',
}

/** Runs scripts on the page, each when what the one before caused is over, and, where it says what must hold then, when that holds. */
const run =
  (...scripts: readonly (string | readonly [script: string, until: string])[]): Story =>
  async ({ page }) => {
    for (const [script, until = 'true'] of scripts.map((one) => [one].flat())) {
      await page.evaluate(`(() => { ${script} })()`)
      await holds(page, until)
      await page.evaluate('quiet()')
    }
  }

const holds = (page: Page, what: string): Promise<unknown> =>
  expect.poll(() => page.evaluate(what).catch(() => false)).toBe(true)
const hasSaid = (words: string): string => `said.some((words) => words.startsWith('${words}'))`
const IS_AT_START = "names() === 'counter'"
const IS_AT_NEXT = "names() === 'other'"
const ARRIVES = `${IS_AT_NEXT} && ${hasSaid('new.js runs')}`

const COUNTER = "const counter = Livewire.getByName('counter')[0];"
const HEAR = "Livewire.on('x', (detail) => note('Livewire.on', JSON.stringify(detail)));"
const HEAR_OWN = `${COUNTER} ${HEAR} counter.$on('x', () => note('$on'));`
const CALL = `${COUNTER} watch('one', counter.call('one'))`
const DIALOG = "note(document.getElementById('livewire-error') ? 'dialog' : 'no dialog')"

const failing =
  (status: number, ...scripts: readonly string[]): Story =>
  (stage) => {
    stage.server.fail(status)
    return run(...scripts)(stage)
  }

const withoutNetwork: Story = async (stage) => {
  await stage.page.route('**/livewire/update', (route) => route.abort())
  await run(CALL)(stage)
  await stage.page.unroute('**/livewire/update')
  await run(`${COUNTER} watch('two', counter.call('two'))`)(stage)
}

const whileBusy: Story = async (stage) => {
  const { next, end } = stage.server.hold()
  await stage.page.evaluate(`{ ${CALL}; 0 }`)
  await expect.poll(() => stage.server.asked.length).toBe(1)
  await stage.page.evaluate(
    `{ ${COUNTER} watch('two', counter.call('two')); watch('other', Livewire.getByName('other')[0].$refresh()); 0 }`,
  )
  await expect.poll(() => stage.server.asked.length).toBe(2)
  next()
  await holds(stage.page, `${hasSaid('one resolved')} && ${hasSaid('commit succeeded counter')}`)
  next()
  await holds(stage.page, `${hasSaid('other resolved')} && ${hasSaid('commit succeeded other')}`)
  end()
  await run('')(stage)
}

const typing =
  (field: string, ...scripts: readonly string[]): Story =>
  async (stage) => {
    await stage.page.locator(field).pressSequentially('R')
    await run(...scripts)(stage)
  }

const byLink: Story = async (stage) => {
  await stage.page.locator('a').click()
  await run(['', ARRIVES], 'note(names())')(stage)
}

const redirected: Story = async (stage) => {
  await stage.page.evaluate(`{ ${COUNTER} counter.call('leave'); 0 }`)
  await stage.page.waitForURL('**/next')
  await run('')(stage)
}

const HEAR_SERVER = `for (const name of ['x', 'said']) {
  addEventListener(name, ({ detail }) => note('window', name, JSON.stringify(detail)))
  Livewire.on(name, (detail) => note('Livewire.on', name, JSON.stringify(detail)))
}`

/** By name: the page where it begins, and what happens there. */
export const STORIES: Readonly<Record<string, readonly [path: string, Story]>> = {
  'a page loads': ['/', run()],
  '$refresh is called': ['/', run(`${COUNTER} watch('$refresh', counter.$refresh())`)],
  'a method is called': ['/', run(CALL)],
  'an event is dispatched to all': ['/', run(`${HEAR} Livewire.dispatch('x', { a: 1 })`)],
  'an event without words is dispatched to all': ['/', run(`${HEAR} Livewire.dispatch('x')`)],
  'an event of the page comes by': [
    '/',
    run(`${HEAR_OWN} document.dispatchEvent(new CustomEvent('x', { bubbles: true, detail: { a: 1 } }))`),
  ],
  'an event is dispatched to one': ['/', run(`${HEAR_OWN} Livewire.dispatchTo('counter', 'x', {})`)],
  'the same event is dispatched twice in one turn': [
    '/',
    run("Livewire.dispatch('x', { a: 1 }); Livewire.dispatch('x', { a: 1 })"),
  ],
  'the server dispatches, to all, to itself and to others': ['/', run(`${HEAR_SERVER} ${COUNTER} counter.call('say')`)],
  'a request fails': ['/', failing(500, CALL, DIALOG)],
  'a request fails, and nobody is to be shown': ['/', failing(500, `isPrevented = true; ${CALL}`, DIALOG)],
  'the page has expired': ['/', failing(419, CALL, DIALOG)],
  'the page has expired, and nobody is to be shown': ['/', failing(419, `isPrevented = true; ${CALL}`, DIALOG)],
  'the network is lost, and comes back': ['/', withoutNetwork],
  'a component is asked while it is busy': ['/', whileBusy],
  'an isolated component is asked': ['/isolated', run("Livewire.dispatch('x', {})")],
  'a child that is given something goes along': ['/nested', run("Livewire.dispatch('x', {})")],
  'a lazy component loads, and hears': ['/lazy', run('', "Livewire.dispatch('x', {})")],
  'what is typed goes along with the next request': [
    '/',
    typing('#voucher', "Livewire.dispatch('x', {})", 'note(document.activeElement.id, document.activeElement.value)'),
  ],
  'what is typed into wire:model.live is sent': ['/', typing('#live', 'later(300)', '')],
  'an answer brings a component, and takes it away': [
    '/',
    run(
      `${COUNTER} counter.call('grow')`,
      "note(names()); Livewire.dispatch('said', {})",
      `${COUNTER} counter.call('grow')`,
      "note(names()); Livewire.dispatch('said', {})",
    ),
  ],
  'another page is visited': [
    '/start',
    run(
      ["document.querySelector('[x-persist]').textContent = 'kept'; Livewire.navigate('/next')", ARRIVES],
      "note(location.pathname, names()); Livewire.dispatch('x', {})",
    ),
  ],
  'another page is visited by a link': ['/start', byLink],
  'Back and Forward, after a visit': [
    '/start',
    run(
      ["document.querySelector('b').textContent = 'left'; Livewire.navigate('/next')", ARRIVES],
      ['history.back()', IS_AT_START],
      "note(location.pathname, names()); Livewire.dispatch('x', {})",
      ['history.forward()', IS_AT_NEXT],
      "note(location.pathname, names()); Livewire.dispatch('x', {})",
    ),
  ],
  'the server redirects': ['/start', redirected],
}
