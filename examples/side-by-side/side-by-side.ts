import { byId } from '../storefront/elements'

const act = (what: string) => async (): Promise<void> => {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
  await fetch(`/admin/conditions/raya-sale/${what}`, { method: 'POST', headers, body: '{}' })
}

const showSockets = async (): Promise<void> => {
  const response = await fetch('/admin/state', { cache: 'no-store' }).catch(() => null)
  if (response?.ok) byId('sockets').textContent = String((await response.json()).sockets)
}

byId('remove').addEventListener('click', act('remove-from-all'))
byId('apply').addEventListener('click', act('apply-to-all'))
void showSockets()
setInterval(showSockets, 1_000)
