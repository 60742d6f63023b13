import { expect, it } from 'vitest'
import { isDisputed, settingsOfTag } from '../../src/engine/block'

it('a script tag says each setting by an attribute of its own', () => {
  const read = settingsOfTag((name) => `<${name}>`)
  expect(read).toEqual({
    user: '<user>',
    owner: '<owner>',
    cursor: '<cursor>',
    channel: '<channel>',
    enabled: '<enabled>',
    guest: '<guest>',
    check: { url: '<check>', interval_ms: '<check-interval>' },
    reverb: {
      key: '<reverb-key>',
      host: '<reverb-host>',
      port: '<reverb-port>',
      scheme: '<reverb-scheme>',
      path: '<reverb-path>',
      auth: { endpoint: '<auth-endpoint>' },
    },
  })
})

it.each([
  [[{ user: 7 }, { user: '7' }], false],
  [[{ user: null }, { user: '' }], false],
  [[{ user: undefined }, { user: null }], false],
  [[{ user: null }, { user: 7 }], true],
  [[{ user: '' }, { user: 7 }], true],
  [[{ user: 7 }, {}], false],
])('blocks dispute whose page it is: %j, %j', (blocks, expected) => {
  expect(isDisputed(blocks, 'user')).toBe(expected)
})
