import { describe, expect, it } from 'vitest'
import { blocksOf } from '../../support/documents'
import { openBrowser, rawRequest } from '../support/browser'
import { serve } from '../support/serve'
import { greetedSocket } from '../support/socket'

const REMOVE = '/admin/conditions/raya-sale/remove-from-all'
const JSON_BODY = { 'content-type': 'application/json' }

/** What docs/server.md shows under a name. */
const shown = (name: string): string =>
  blocksOf('docs/server.md').find(({ mark }) => mark === `written: ${name}`)?.code ?? ''

describe('the admin', () => {
  it('removes a condition from all carts and gives it back', async () => {
    const admin = openBrowser((await serve()).url)
    const told = { status: 200, json: { changed: 5, customers: 3, publishedAtMs: expect.any(Number) } }
    expect(await admin.post(REMOVE)).toMatchObject(told)
    expect(await admin.post(REMOVE)).toMatchObject({ status: 200, json: { changed: 0 } })
    expect(await admin.post('/admin/conditions/raya-sale/apply-to-all')).toMatchObject(told)
  })

  it('sees conditions, carts, sockets and the newest changes', async () => {
    const server = await serve()
    await greetedSocket(server)
    const admin = openBrowser(server.url)
    await admin.post(REMOVE)
    const { json } = await admin.get('/admin/state')
    expect(json).toMatchObject({ carts: 5, sockets: 1 })
    expect(json.conditions[0]).toEqual({ name: 'raya-sale', display_name: 'Raya Sale', value: '-10%', carts: 0 })
    expect(json.log).toHaveLength(5)
    expect(json.log[0]).toMatchObject({ seq: 2, event: 'cart.conditions.changed', at_ms: expect.any(Number) })
    expect(json.log[4]).toMatchObject({ customer: 1, seq: 1 })
  })

  it('makes a burst of a bounded size', async () => {
    const admin = openBrowser((await serve()).url)
    expect((await admin.post('/admin/burst', { times: 3 })).json.changed).toBe(15)
    expect((await admin.post('/admin/burst', {})).json.changed).toBe(50)
    expect((await admin.post('/admin/burst', { times: 1e9, name: 'member-price' })).json.changed).toBeLessThanOrEqual(
      500,
    )
    for (const times of ['x', null, -1, {}]) expect((await admin.post('/admin/burst', { times })).status).toBe(200)
  })

  it.each(['/admin/conditions/no-such/remove-from-all', '/admin/conditions/__proto__/apply-to-all'])(
    'is told 404 for %s',
    async (path) => {
      expect((await openBrowser((await serve()).url).post(path)).status).toBe(404)
    },
  )
})

describe('an event of one’s own', () => {
  const EVENT = { customer: 1, event: 'cart.stock.changed', payload: { sku: 'mug', left: 2 } }

  it('goes through the customer’s log', async () => {
    const server = await serve()
    const admin = openBrowser(server.url)
    expect(await admin.post('/admin/events', EVENT)).toMatchObject({ status: 200, json: { seq: 1 } })
    const { json } = await admin.get('/admin/state')
    expect(json.log).toMatchObject([{ customer: 1, seq: 1, event: 'cart.stock.changed' }])
  })

  it('is sent by one call, as the documents show it', async () => {
    const [, path = '', type, body] =
      /curl -X POST http:\/\/127\.0\.0\.1:8080(\S+) -H '([^']+)' \\\n\s+-d '([^']+)'/.exec(shown('own-event-http')) ??
      []
    expect(type).toBe('Content-Type: application/json')
    expect(JSON.parse(body ?? '')).toEqual(EVENT)
    expect((await openBrowser((await serve()).url).post(path, JSON.parse(body ?? ''))).status).toBe(200)
  })

  it('needs a customer there is', async () => {
    const { status, json } = await openBrowser((await serve()).url).post('/admin/events', { ...EVENT, customer: 9 })
    expect(status).toBe(404)
    expect(json.message).toMatch(/no customer 9.* 1, 2/)
  })

  it.each([
    {},
    { ...EVENT, customer: null },
    { ...EVENT, customer: {} },
    { ...EVENT, event: '' },
    { ...EVENT, event: 7 },
    { ...EVENT, payload: undefined },
    { ...EVENT, payload: [] },
    { ...EVENT, payload: '{}' },
  ])('is told what to send in the place of %j', async (body) => {
    const admin = openBrowser((await serve()).url)
    const { status, json } = await admin.post('/admin/events', body)
    expect(status).toBe(422)
    expect(json.message).toContain('"customer": 1')
    expect((await admin.get('/admin/state')).json.log).toEqual([])
  })

  it('is not taken from another site', async () => {
    const { url } = await serve()
    const headers = { ...JSON_BODY, origin: 'https://evil.example' }
    const sent = { method: 'POST', headers, body: JSON.stringify(EVENT) }
    expect((await rawRequest(url, '/admin/events', sent)).status).toBe(403)
  })
})

describe('another site', () => {
  it.each([REMOVE, '/faults/kill'])('is not meant where curl calls %s, which is told how to', async (path) => {
    const { text } = await rawRequest((await serve()).url, path, { method: 'POST' })
    expect(JSON.parse(text).message).toContain('Content-Type: application/json')
  })

  it('cannot use the admin by a form', async () => {
    const { url } = await serve()
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'text/plain; application/json', '']) {
      expect((await rawRequest(url, REMOVE, { method: 'POST', headers: { 'content-type': type } })).status).toBe(403)
    }
  })

  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:1' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('cannot use it by a script: %j', async (headers) => {
    const { url } = await serve()
    const sent = { method: 'POST', headers: { ...JSON_BODY, ...headers }, body: '{}' }
    expect((await rawRequest(url, REMOVE, sent)).status).toBe(403)
  })

  it('cannot use it under a name of its own that leads here', async () => {
    const { url } = await serve()
    const host = `evil.example:${new URL(url).port}`
    const headers = { ...JSON_BODY, host, origin: `http://${host}` }
    expect((await rawRequest(url, REMOVE, { method: 'POST', headers, body: '{}' })).status).toBe(403)
    expect((await rawRequest(url, '/admin/state', { headers: { host } })).status).toBe(403)
  })

  it('is not our own page', async () => {
    const { url } = await serve()
    const headers = { ...JSON_BODY, origin: url, 'sec-fetch-site': 'same-origin' }
    expect((await rawRequest(url, REMOVE, { method: 'POST', headers, body: '{}' })).status).toBe(200)
  })

  it('cannot read what the admin sees', async () => {
    const { url } = await serve()
    const headers = { origin: 'https://evil.example' }
    expect((await rawRequest(url, '/admin/state', { headers })).status).toBe(403)
  })
})
