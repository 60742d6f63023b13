/** What a script shows to a policy. */
export interface ShownScript {
  readonly address: URL
  readonly nonce: string | null
  readonly integrity: string | null
}

/** One content security policy: directives by name, each with its sources. */
type Policy = ReadonlyMap<string, readonly string[]>

/** Reads a policy. Of a directive that is there twice the first counts, as in browsers. Never throws. */
export const readPolicy = (text: string): Policy => {
  const policy = new Map<string, readonly string[]>()
  for (const directive of text.split(';')) {
    const [name = '', ...sources] = directive.trim().split(/\s+/)
    if (name !== '' && !policy.has(name.toLowerCase())) policy.set(name.toLowerCase(), sources)
  }
  return policy
}

/** True when a page of `origin` may send a request, or open a socket, to an address. Source: CSP Level 3, `connect-src`. */
export const maySend = (policy: Policy, address: URL, origin: string): boolean => {
  const sources = policy.get('connect-src') ?? policy.get('default-src')
  return sources === undefined || sources.some((source) => matches(source, address, origin))
}

/** True when a page of `origin` may run a script by its address. Source: CSP Level 3, `script-src`. */
export const mayRun = (policy: Policy, { address, nonce, integrity }: ShownScript, origin: string): boolean => {
  const sources = ['script-src-elem', 'script-src', 'default-src'].map((name) => policy.get(name)).find((one) => one)
  if (sources === undefined) return true
  if (nonce && sources.includes(`'nonce-${nonce}'`)) return true
  const pins = (integrity ?? '').split(/\s+/).filter((pin) => pin !== '')
  if (pins.length > 0 && pins.every((pin) => sources.includes(`'${pin}'`))) return true
  // What is named by host counts for nothing beside it.
  if (sources.includes("'strict-dynamic'")) return false
  return sources.some((source) => matches(source, address, origin))
}

const matches = (source: string, address: URL, origin: string): boolean => {
  const own = new URL(origin)
  if (source === '*') return /^(https?|wss?):$/.test(address.protocol)
  if (source.toLowerCase() === "'self'") return isOwn(address, own)
  if (source.startsWith("'")) return false
  if (/^[a-z][a-z\d+.-]*:$/i.test(source)) return mayBe(source.toLowerCase(), address.protocol)
  const [, scheme = '', host = '', port = '', path = ''] =
    /^(?:([a-z][a-z\d+.-]*:)\/\/)?([^/:]+|\[[^\]]+\])(?::(\d+|\*))?(\/.*)?$/i.exec(source) ?? []
  if (host === '' || !isHost(host.toLowerCase(), address.hostname)) return false
  // Without a scheme it is the page's own: not that of a socket.
  const isScheme = mayBe(scheme === '' ? own.protocol : scheme.toLowerCase(), address.protocol)
  return isScheme && isPort(port, address) && isPath(path, address.pathname)
}

const isOwn = (address: URL, own: URL): boolean =>
  address.hostname === own.hostname &&
  portOf(address) === portOf(own) &&
  (isSecure(address) || own.protocol === 'http:')

const isSecure = ({ protocol }: URL): boolean => protocol === 'https:' || protocol === 'wss:'

/** True for the scheme that is said, and for the same with TLS. The specification has more; browsers have not. */
const mayBe = (said: string, protocol: string): boolean =>
  said === protocol || (protocol === said.replace(/:$/, 's:') && /^(http|ws):$/.test(said))

const isHost = (said: string, host: string): boolean =>
  said.startsWith('*.') ? host.endsWith(said.slice(1)) : said === '*' || said === host

const isPort = (said: string, address: URL): boolean => {
  if (said === '*') return true
  if (said === '') return address.port === ''
  return said === portOf(address) || (said === '80' && portOf(address) === '443')
}

const portOf = ({ port, protocol }: URL): string =>
  port || (protocol === 'https:' || protocol === 'wss:' ? '443' : '80')

const isPath = (said: string, path: string): boolean =>
  said === '' || said === '/' || (said.endsWith('/') ? path.startsWith(said) : path === said)
