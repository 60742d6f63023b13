import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Figures } from '../../../src/stats/figures'

/** One report as it arrived. */
export interface Collected {
  readonly method: string
  readonly type: string
  readonly figures: Figures
}

/** Where pages send their figures: a server of another origin that answers no question about who may. */
export interface Collector {
  readonly url: string
  readonly collected: readonly Collected[]
  /** All of them, added up. */
  readonly sum: () => Record<string, number>
  readonly close: () => void
}

/** Opens one. Close it. */
export const openCollector = async (): Promise<Collector> => {
  const collected: Collected[] = []
  const server = createServer((request, response) => {
    const { method = '', headers } = request
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      response.writeHead(204).end()
      collected.push({ method, type: headers['content-type'] ?? '', figures: JSON.parse(body || '{}') })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/figures`,
    collected,
    sum: () => {
      const sums: Record<string, number> = {}
      for (const { figures } of collected)
        for (const [name, value] of Object.entries(figures)) sums[name] = (sums[name] ?? 0) + value
      return sums
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
