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
    keepToken(now)
    select.disabled = false
    chosen(now.page)
  })
}

const session = async (): Promise<Session> =>
  (await fetch('/session', { headers: { Accept: 'application/json' } })).json()

/** Posts with the page's CSRF token; where that is no longer valid, once more with a fresh one. */
const post = async (path: string, body: object): Promise<Session> => {
  const answer = await send(path, body)
  if (answer.status !== 419) return answer.json()
  keepToken(await session())
  return (await send(path, body)).json()
}

const send = (path: string, body: object): Promise<Response> => {
  const token = tokenElement()?.getAttribute('content') ?? ''
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRF-TOKEN': token }
  return fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })
}

const keepToken = ({ csrf_token }: Session): void => tokenElement()?.setAttribute('content', csrf_token)

const tokenElement = (): Element | null => document.querySelector('meta[name="csrf-token"]')
