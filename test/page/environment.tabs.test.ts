import { afterEach, expect, it, vi } from 'vitest'
import { browserTabs } from '../../src/page/environment'

const page = { document: {}, navigator: { locks: {} }, BroadcastChannel: class {} }

afterEach(() => void vi.unstubAllGlobals())

it.each<[string, Record<string, unknown>]>([
  ['a server', {}],
  ['a worker', { ...page, document: undefined }],
  ['a page over plain http, which has no locks', { ...page, navigator: {} }],
  ['a page without a line to others', { ...page, BroadcastChannel: undefined }],
])('there is nothing to share by on %s', (_where, globals) => {
  for (const name of Object.keys(page)) vi.stubGlobal(name, globals[name])
  expect(browserTabs()).toBeNull()
})

it('a page with locks and a line has both, and opens neither until it is asked', () => {
  const opened = vi.fn()
  for (const [name, value] of Object.entries(page)) vi.stubGlobal(name, value)
  vi.stubGlobal('BroadcastChannel', opened)
  expect(browserTabs()).toEqual({ lock: expect.any(Function), openBus: expect.any(Function) })
  expect(opened).not.toHaveBeenCalled()
})
