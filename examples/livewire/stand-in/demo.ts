import { type CommitAnswer, type CommitRequest, createStandIn, type Send } from './index'

/** The demo's Livewire. There is no PHP: its server half reads the shop's own cart, and renders each component from that. */
export const startStandIn = (): void => {
  const { load, start, Livewire } = createStandIn({ send: renderFromCart })
  load()
  // What a Blade view has in it from the start.
  document.addEventListener('livewire:navigated', () => Livewire.dispatch('cart-updated', {}))
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start)
  else start()
}

/** The server half, from the shop’s own cart. */
export const renderFromCart: Send = async (_url, { body }) => {
  const response = await fetch('/api/cart', { headers: { Accept: 'application/json' }, cache: 'no-store' })
  // Nobody is logged in: there is no cart to show.
  if (!response.ok && response.status !== 401) return response
  const { cart } = (await response.json()) as { cart?: { total: string } }
  const { components } = JSON.parse(String(body)) as { components: CommitRequest[] }
  const answers = components.map(({ snapshot }): CommitAnswer => {
    const { id } = (JSON.parse(snapshot) as { memo: { id: string } }).memo
    return { snapshot, effects: { html: render(id, cart?.total ?? '') } }
  })
  return Response.json({ components: answers })
}

const render = (id: string, total: string): string => {
  const view = document.querySelector(`[wire\\:id="${CSS.escape(id)}"]`)?.cloneNode(true) as Element | undefined
  const place = view?.querySelector('#total')
  if (place) place.textContent = total
  return view?.outerHTML ?? ''
}
