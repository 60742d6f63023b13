import { freePort, startProgram } from './serve.mjs'

/** The stand-in as `npx cart-echo` starts it, with further options: what a test may ask of it goes by HTTP. */
export const startStandIn = async (words, { folder, env }) => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const command = ['node_modules/cart-echo/dist/server/cli.js', '--port', String(port), ...words]
  const program = await startProgram(command, `${url}/admin/state`, { folder, env })
  const read = async (path) => (await fetch(url + path, { headers: { Accept: 'application/json' } })).json()
  const change = async (path) => {
    const response = await fetch(url + path, { method: 'POST', headers: { 'Content-Type': 'application/json' } })
    if (!response.ok) throw new Error(`${path} answered ${response.status}.`)
  }
  return {
    url,
    /** The settings that it prints for `.env`, whose names begin so. */
    settings: (prefix) =>
      Object.fromEntries(
        [...program.said().matchAll(/^\s+([A-Z_]+)=(\S+)$/gm)]
          .filter(([, name]) => name.startsWith(prefix))
          .map(([, name, value]) => [name, value]),
      ),
    session: () => read('/session'),
    seen: () => read('/faults/seen'),
    sockets: async () => (await read('/admin/state')).sockets,
    shop: {
      removeFromAll: (name) => change(`/admin/conditions/${name}/remove-from-all`),
      applyToAll: (name) => change(`/admin/conditions/${name}/apply-to-all`),
    },
    stop: program.stop,
  }
}
