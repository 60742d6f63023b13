import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { createServer } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import type { CartEchoServer } from '../../../src/server/index'
import { browserOf } from '../support/browser'
import { serve } from '../support/serve'
import { examine, notes, wrongs } from './support/examine'
import { portOf } from './support/front'

const pem = (name: string): string =>
  readFileSync(new URL(`../../fixtures/certificates/${name}.pem`, import.meta.url), 'utf8')

/** What nginx does before a shop: speaks TLS, and passes everything on. Gives the port. */
const behindTls = ({ reverb: { port } }: CartEchoServer): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer({ cert: pem('good'), key: pem('key') }, (socket) => {
      const inner = connect(port, '127.0.0.1')
      for (const [one, other] of [
        [socket, inner],
        [inner, socket],
      ] as const)
        one.on('error', () => other.destroy()).on('close', () => other.destroy())
      socket.pipe(inner).pipe(socket)
    })
    onTestFinished(() => void server.close())
    server.listen(0, '127.0.0.1', () => resolve(String(portOf(server.address()))))
  })

it('a shop behind TLS that is healthy has nothing wrong, for the shopper whose cookies are given', async () => {
  const server = await serve()
  const port = await behindTls(server)
  const { cookies } = await browserOf(server.url, 2)
  const report = await examine(`https://localhost:${port}/`, {
    cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    reverb: { key: server.reverb.key, host: 'localhost', port },
    user: '2',
    publish: { appId: server.reverb.appId, secret: server.reverb.secret },
    ca: pem('authority'),
  })
  expect([wrongs(report), notes(report)]).toEqual([[], []])
  expect(report.findings.map(({ about }) => about)).toEqual([
    'page',
    'policy',
    'reverb',
    'authorisation',
    'check',
    'event',
  ])
})

it('a page whose certificate nobody knows is unreachable, and how to trust it is said', async () => {
  const port = await behindTls(await serve())
  const report = await examine(`https://localhost:${port}/`)
  expect(wrongs(report)).toEqual(['page-unreachable'])
  expect(report.findings[0]?.first).toContain('--ca FILE')
})
