import { expect, it } from 'vitest'
import { holdAppPages } from './support/app-page'
import { blocksOf } from './support/documents'

// The page's side of docs/livewire.md, run in real Chromium, with the stand-ins for Livewire and for Reverb behind it.

const { held, open } = holdAppPages()
const blocks = blocksOf('docs/livewire.md')

const snippet = (name: string): string => blocks.find(({ mark }) => mark === `snippet: ${name}`)?.code ?? ''

it('the script has the document’s component read its cart anew', async () => {
  const component = blocks.find(({ code }) => code.includes('extends Component'))?.code ?? ''
  const [, event] = /#\[On\('(cart-updated)'\)\]/.exec(component) ?? []
  const page = await open({
    script: `import { startStandIn } from './examples/livewire/stand-in/demo'
      ${snippet('livewire-page')}
      startStandIn()`,
    body: `<section wire:id="cart" wire:snapshot='{"data":{},"memo":{"id":"cart","name":"cart"}}'
      wire:effects='{"listeners":["${event}"]}'><b id="total"></b></section>`,
  })
  await page.locator('#total').getByText('RM108.00').waitFor()
  await expect.poll(() => held.server.seen().subscriptions).toBeGreaterThan(0)
  held.server.shop.removeFromAll('raya-sale')
  await page.locator('#total').getByText('RM120.00').waitFor()
})
