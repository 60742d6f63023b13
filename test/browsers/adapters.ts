import { deepStrictEqual as same } from 'node:assert'
import { pathToFileURL } from 'node:url'
import type { CartEchoServer, StartServerOptions } from '../../src/server'
import type { Tab } from './driver'
import { type Given, type Scenario, until } from './scenario'

// The pages of the examples, as they are built: one story, told in each framework.

const EXAMPLES = ['script-tag', 'alpine', 'livewire', 'react', 'vue']

/** The demo, as it is built and published. */
const startDemo = async ({ dist, afterwards }: Given): Promise<CartEchoServer> => {
  const { startServer } = (await import(pathToFileURL(`${dist}server/index.js`).href)) as {
    startServer(options: StartServerOptions): Promise<CartEchoServer>
  }
  const server = await startServer({ autoLogin: 1 })
  afterwards(server.close)
  return server
}

const shows = (tab: Tab, id: string, text: string, page = 'document'): Promise<void> => {
  const shown = `${page}.querySelector('#${id}')?.textContent`
  return until(tab, `${id} is ${JSON.stringify(text)}`, `${shown} === ${JSON.stringify(text)} || ${shown}`)
}

const example = (name: string): Scenario => ({
  name: `the page of ${name} shows the total, hears a change once, forgets it, and finds what it could not hear`,
  run: async (given) => {
    const server = await startDemo(given)
    const tab = await given.browser.open(`${server.url}/examples/${name}`)
    await shows(tab, 'state', 'live: subscribed')
    await shows(tab, 'total', 'RM108.00')
    server.shop.removeFromAll('raya-sale')
    await shows(tab, 'heard', '1')
    await shows(tab, 'total', 'RM120.00')
    await shows(tab, 'message', 'Your cart was updated due to a promotion change')
    await tab.click("document.querySelector('#dismiss')")
    await shows(tab, 'message', '')
    server.faults.start({ kind: 'drop', customer: 1 })
    server.shop.applyToAll('raya-sale')
    server.shop.removeFromAll('raya-sale')
    server.shop.applyToAll('raya-sale')
    await shows(tab, 'heard', '4')
    await shows(tab, 'total', 'RM108.00')
    same(server.sockets(), 1)
  },
})

const sideBySide: Scenario = {
  name: 'the pages of all frameworks side by side hear a change once over one socket, and forget it together',
  run: async (given) => {
    const server = await startDemo(given)
    const tab = await given.browser.open(`${server.url}/examples/`)
    const frames = EXAMPLES.map((_, index) => `frames[${index}].document`)
    for (const frame of frames) await shows(tab, 'state', 'live: subscribed', frame)
    await until(tab, 'one socket is open', "document.querySelector('#sockets').textContent === '1'")
    await tab.click("document.querySelector('#remove')")
    for (const frame of frames) await shows(tab, 'heard', '1', frame)
    for (const frame of frames) await shows(tab, 'total', 'RM120.00', frame)
    await tab.click("frames[0].document.querySelector('#dismiss')")
    for (const frame of frames) await shows(tab, 'message', '', frame)
    same(server.sockets(), 1)
  },
}

/** What the adapters make of it. */
export const ADAPTER_SCENARIOS: readonly Scenario[] = [...EXAMPLES.map(example), sideBySide]
