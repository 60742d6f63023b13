import { afterEach, describe, expect, it, vi } from 'vitest'

// How bundlers, import maps and Node give the two modules, which are UMD.

class EchoOf {
  readonly options: { Pusher: unknown }
  constructor(options: { Pusher: unknown }) {
    this.options = options
  }
  private() {
    return {}
  }
}

class PusherOf {}

const none = { default: undefined, Pusher: undefined, Echo: undefined }

afterEach(() => {
  vi.doUnmock('laravel-echo')
  vi.doUnmock('pusher-js')
  vi.resetModules()
})

const opened = async (echo: object, pusher: object) => {
  vi.resetModules()
  vi.doMock('laravel-echo', () => ({ ...none, ...echo }))
  vi.doMock('pusher-js', () => ({ ...none, ...pusher }))
  const { reverbEcho } = await import('../../src/connections/reverb/echo')
  return (await reverbEcho({ key: 'k', host: '127.0.0.1' }).open()) as unknown as EchoOf
}

describe('reverbEcho() finds the two classes', () => {
  it.each<[string, object, object]>([
    ['as defaults', { default: EchoOf }, { default: PusherOf }],
    ['wrapped once more', { default: { default: EchoOf } }, { default: { default: PusherOf } }],
    ['by name', { Echo: EchoOf }, { Pusher: PusherOf }],
    ['by name in the default, as Node gives pusher-js 8.5', { default: EchoOf }, { default: { Pusher: PusherOf } }],
  ])('%s', async (_how, echo, pusher) => {
    const { options } = await opened(echo, pusher)
    expect(options.Pusher).toBe(PusherOf)
  })

  it('or says which module has none', async () => {
    await expect(opened({ default: EchoOf }, { default: {} })).rejects.toMatchObject({
      code: 'no-echo',
      message: expect.stringContaining('Pusher'),
    })
  })
})
