import { offerBreakages, showBroken } from './break-it'
import { action, byId } from './elements'

interface State {
  carts: number
  sockets: number
  conditions: { name: string; display_name: string; value: string; carts: number }[]
  log: {
    customer: string | number
    seq: number | null
    event: string
    at_ms: number
    payload: { message: string | null }
  }[]
}

offerBreakages()
void show()
setInterval(show, 2_000)

async function show(): Promise<void> {
  const response = await fetch('/admin/state', { cache: 'no-store' }).catch(() => null)
  if (response?.ok) render(await response.json())
  await showBroken()
}

function render({ carts, sockets, conditions, log }: State): void {
  byId('carts').textContent = String(carts)
  byId('sockets').textContent = String(sockets)
  for (const condition of conditions) showPromotion(condition)
  byId('log').replaceChildren(...log.slice(0, 8).map(logEntry))
}

// Rows are kept and changed in place: a row made anew would lose the keyboard's focus.
function showPromotion(condition: State['conditions'][number]): void {
  const id = `promotion-${condition.name}`
  if (!document.getElementById(id)) byId('promotions').append(promotion(id, condition))
  byId(`${id}-carts`).textContent =
    `${condition.value}, in ${condition.carts} ${condition.carts === 1 ? 'cart' : 'carts'}`
}

function promotion(id: string, { name, display_name }: State['conditions'][number]): HTMLElement {
  const item = document.createElement('li')
  const words = document.createElement('div')
  const carts = document.createElement('span')
  item.id = id
  words.className = 'words'
  carts.id = `${id}-carts`
  words.append(display_name, carts)
  item.append(
    words,
    action('Remove from all carts', 'strong', display_name, () => act(`/admin/conditions/${name}/remove-from-all`)),
    action('Apply to all', '', display_name, () => act(`/admin/conditions/${name}/apply-to-all`)),
    action('Burst of 10', '', display_name, () => act('/admin/burst', { times: 10, name })),
  )
  return item
}

async function act(path: string, body: object = {}): Promise<void> {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
  const { changed, customers, publishedAtMs } = await response.json()
  const answer = byId('answer')
  answer.textContent = response.ok ? `${changed} carts of ${customers} customers changed.` : 'That did not work.'
  answer.dataset.publishedAtMs = String(publishedAtMs)
  await show()
}

function logEntry({ customer, seq, at_ms, payload }: State['log'][number]): HTMLElement {
  const item = document.createElement('li')
  const place = seq === null ? '' : ` no. ${seq}`
  item.textContent = `${new Date(at_ms).toLocaleTimeString()}: customer ${String(customer).slice(0, 8)}${place}: ${payload.message ?? '(no words)'}`
  return item
}
