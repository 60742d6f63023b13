import { expect, it } from 'vitest'
import { settingsOfTag } from '../../src/engine/block'

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
