import type { PageIdentity } from 'cart-echo'

interface Session {
  user: string | number | null
  csrf_token: string
  page: PageIdentity | null
  customers: { id: string | number; name: string }[]
}

/** Fills the list of customers, logs in and out when another is chosen, and says who is there then. */
export const chooseCustomer = async (
  select: HTMLSelectElement,
  chosen: (page: PageIdentity | null) => void,
): Promise<void> => {
  const { customers, user } = await session()
  const options = customers.map(({ id, name }) => new Option(name, String(id), false, String(id) === String(user)))
  select.replaceChildren(new Option('nobody', '', false, user === null), ...options)
  select.addEventListener('change', async () => {
    select.disabled = true
    const id = customers.find((customer) => String(customer.id) === select.value)?.id
    const now = id === undefined ? await post('/logout', {}) : await post('/login', { customer: id })
    document.querySelector('meta[name="csrf-token"]')?.setAttribute('content', now.csrf_token)
    select.disabled = false
    chosen(now.page)
  })
}

const session = async (): Promise<Session> =>
  (await fetch('/session', { headers: { Accept: 'application/json' } })).json()

const post = async (path: string, body: object): Promise<Session> => {
  const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute('content') ?? ''
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRF-TOKEN': token }
  return (await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })).json()
}
