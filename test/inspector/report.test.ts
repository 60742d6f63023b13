import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { readListening } from '../../src/engine/events'
import { createJournal } from '../../src/inspector/journal'
import { reportOf } from '../../src/inspector/report'
import { watchEntries } from '../../src/trace/entries'
import { answerOf, listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'

const FAILED = new CartEchoError('check-failed', 'No answer: https://shop.test/check?token=s3cret of customer-7', {
  status: 503,
  cause: new Error('Cookie: laravel_session=c00kie'),
})

describe('a report', () => {
  it('says how the page is fed and what happened, and names nobody: no token, cookie, key, id, address, event or payload', async () => {
    const page = listeningClient({
      canAsk: true,
      identity: { user: 'customer-7', owner: 'owner-h7Qk', cursor: 'epoch1:1' },
      listening: readListening(['shop.secret.event']),
    })
    page.client.start()
    const journal = createJournal()
    const stop = watchEntries(page.client, journal.add, page.environment.nowMs)
    const place = (seq: number) => at(seq, { epoch: 'epoch1', id: 'change-9', cart: 'cart-0199' })
    page.hear({ ...place(2), message: 'Raya Sale has ended', changes: { new_total: 'RM120.00' } })
    page.hear({ ...place(3), message: { bad: 'sh0uting' } })
    page.hear({ sku: 'mug-11', cart_echo: { epoch: 'epoch1', seq: 3 } }, 'shop.secret.event')
    page.link().sink.resync()
    await page.link().asked[0]?.answer(answerOf('epoch1:2', 'epoch1:3', { owner: 'owner-h7Qk' }))
    const atMs = page.environment.nowMs()
    journal.add({ atMs, name: 'error', error: FAILED })
    journal.add({ atMs, name: 'unanswered', error: FAILED, tookMs: 7 })
    journal.add({
      atMs,
      name: 'handed-over',
      tabs: { name: 'tabs', self: 'tab-aaaa', leader: 'tab-bbbb', others: ['tab-bbbb'] },
    })
    const nowMs = Date.UTC(2026, 10, 30)
    const report = reportOf({
      journal,
      connection: { name: 'waiting', reason: 'check-failed', sinceMs: nowMs - 12_000, error: FAILED },
      nextTryAtMs: nowMs + 3_000,
      nowMs,
      version: '9.9.9',
    })
    stop()
    page.end()
    for (const line of [
      'cart-echo 9.9.9, 2026-11-30T00:00:00.000Z',
      'Waiting (waiting: check-failed) for 12.0 s',
      'Next try in 3.0 s.',
      'Error check-failed (HTTP 503)',
      'Another tab leads; 1 other tab heard.',
      'Unreadable: 1',
      'heard socket',
      'handed-over, follows, 1 others',
    ])
      expect(report).toContain(line)
    const secrets = [
      ...['customer-7', 'owner-h7Qk', 'epoch1', 'change-9', 'cart-0199', 'tab-aaaa', 'tab-bbbb'],
      ...['s3cret', 'c00kie', 'shop.test', 'Raya', 'RM120', 'sh0uting', 'mug-11', 'shop.secret', 'cart.conditions'],
    ]
    // That they were there to be told.
    expect(JSON.stringify([journal.received(), journal.entries(), FAILED.message])).toContain('sh0uting')
    for (const secret of secrets) expect(report, secret).not.toContain(secret)
  })

  it('ends with the newest sixty lines', () => {
    const journal = createJournal()
    for (let n = 1; n <= 100; n += 1)
      journal.add({ atMs: n * 1_000, name: 'answered', events: n, tookMs: null, place: null })
    const report = reportOf({
      journal,
      connection: { name: 'live', reason: 'subscribed', sinceMs: 0 },
      nextTryAtMs: null,
      nowMs: 100_000,
      version: '1',
    })
    const lines = report.split('\n').filter((line) => / answered \d/.test(line))
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([60, '-59.00 answered 41', '0.00 answered 100'])
  })
})
