// Deferred and module scripts run while the page is `interactive`, before DOMContentLoaded (docs/protocol.md: nothing before it).
import { expect, it } from 'vitest'

it('dispatches nothing before DOMContentLoaded, also while the page is interactive', async () => {
  const frame = document.createElement('iframe')
  const url = new URL('../../src/page/dom-events.ts', import.meta.url).href
  frame.srcdoc = `<script type="module">
    import { createDomEvents } from '${url}'
    window.log = []
    document.addEventListener('cart-echo-status', () => log.push('status in ' + document.readyState))
    document.addEventListener('DOMContentLoaded', () => log.push('DOMContentLoaded'))
    const events = createDomEvents(undefined)
    events.start()
    events.status({ name: 'connecting', reason: 'finding-echo', sinceMs: 0 })
  </script>`
  document.body.append(frame)
  await new Promise((done) => frame.addEventListener('load', done))
  expect((frame.contentWindow as unknown as { log: string[] }).log[0]).toBe('DOMContentLoaded')
})
