/**
 * `fetch` on a connection of its own. One that was kept is closed by the server after 5 s, and a busy machine may ask on it at that very
 * moment.
 */
export const askAnew: typeof fetch = (url, init) => {
  const headers = new Headers(init?.headers)
  headers.set('Connection', 'close')
  return fetch(url, { ...init, headers })
}
