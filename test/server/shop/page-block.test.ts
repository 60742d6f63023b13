import { describe, expect, it } from 'vitest'
import { CHECK_POLICY } from '../../../src/server/shop/check'
import { createLogBook } from '../../../src/server/shop/owner-log'
import { pageBlock, pageBlockScript } from '../../../src/server/shop/page-block'
import { CUSTOMERS } from '../../../src/server/shop/sessions'
import { APP } from '../support/serve'

const [customer] = CUSTOMERS
if (!customer) throw new Error('The shop has no customers')

const blockFor = (level: 'guide' | 'log', key = APP.key) =>
  pageBlock(
    { application: { ...APP, key }, level, logs: createLogBook(), policy: () => CHECK_POLICY, ownerOf: () => 'h7Qk' },
    customer,
    { hostname: '127.0.0.1', port: 8080 },
  )

describe('a page block', () => {
  it('tells what the agreement says', () => {
    expect(blockFor('log')).toEqual({
      user: 1,
      owner: 'h7Qk',
      cursor: ':0',
      enabled: true,
      channel: 'App.Models.User.{user}',
      check: { url: '/api/cart/check-updates', interval_ms: 30_000 },
      reverb: { key: 'cart-bed-key', host: '127.0.0.1', port: 8080, scheme: 'http' },
    })
  })

  it('names neither owner nor cursor on a server of level guide', () => {
    expect(blockFor('guide')).not.toHaveProperty('owner')
    expect(blockFor('guide')).not.toHaveProperty('cursor')
  })

  it('lets nothing end its element, and says the same', () => {
    const block = blockFor('log', '</script><!-- & \u2028 \u2029 <script>')
    const element = pageBlockScript(block)
    const [, content = ''] = /^<script type="application\/json" data-cart-echo>(.*)<\/script>$/.exec(element) ?? []
    expect(content).not.toMatch(/[<>&\u2028\u2029]/)
    expect(JSON.parse(content)).toEqual(block)
  })
})
