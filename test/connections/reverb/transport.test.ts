import { describe, expect, it } from 'vitest'
import { reverbPage } from '../../support/reverb-page'

const CHANNEL = 'private-App.Models.User.1'
const error = (code: number) => ({ event: 'pusher:error', data: JSON.stringify({ code, message: 'No.' }) })
const json = (body: object, status = 200) => Response.json(body, { status })

/** Has that done to each socket that is opened from now on, as the page's own instrumentation may. */
const instrument = (change: (own: WebSocket) => void): void => {
  const { WebSocket: Own } = globalThis
  Object.assign(globalThis, {
    WebSocket: class extends Own {
      constructor(url: string) {
        super(url)
        change(this)
      }
    },
  })
}

const live = async (options: Parameters<typeof reverbPage>[0] = {}) => {
  const page = reverbPage(options)
  await page.goLive()
  page.said.length = 0
  page.resyncs.length = 0
  return page
}

describe('a live socket', () => {
  it('delivers each broadcast once, in order, also when the confirmation comes again', async () => {
    const { socket, delivered, said, resyncs } = await live()
    socket().publish({ n: 1 })
    socket().confirm()
    socket().publish({ n: 2 })
    socket().publish({ n: 3 }, 'order.shipped')
    expect(delivered).toEqual([{ n: 1 }, { n: 2 }])
    expect([said, resyncs], 'nobody knows what came before the second one').toEqual([[], [100]])
  })

  it('answers the server’s ping', async () => {
    const { socket } = await live()
    socket().say({ event: 'pusher:ping' })
    expect(socket().sent.at(-1)).toEqual({ event: 'pusher:pong', data: {} })
  })

  it('is pinged after 30 s of silence, and lost when 8 s later nothing came', async () => {
    const { socket, pass, said, sockets } = await live()
    await pass(20_000)
    socket().publish({ n: 1 })
    await pass(29_999)
    expect(socket().sent).toHaveLength(1)
    await pass(1)
    expect(socket().sent.at(-1)).toEqual({ event: 'pusher:ping', data: {} })
    socket().say({ event: 'pusher:pong' })
    await pass(30_000)
    await pass(7_999)
    expect(said).toEqual([])
    await pass(1)
    expect([said, socket().isClosed()]).toEqual([['socket-lost'], true])
    await pass(1_900)
    expect(sockets).toHaveLength(2)
  })

  it('is pinged by a hidden page, too, whose clock was set back since it was heard: as if nobody knew when that was', async () => {
    const { goLive, pass, socket, sockets, environment } = reverbPage()
    await goLive()
    environment.signal('hidden')
    environment.setClock(-3_600_000)
    await pass(31_000)
    expect(socket().sent.at(-1)?.event).toBe('pusher:ping')
    await pass(8_000)
    expect(sockets[0]?.isClosed()).toBe(true)
  })

  it('keeps to the shorter silence that the server asks for', async () => {
    const { socket, pass } = reverbPage()
    socket().say({ event: 'pusher:connection_established', data: { socket_id: '1.2', activity_timeout: 5 } })
    await pass(0)
    socket().confirm()
    await pass(5_000)
    expect(socket().sent.at(-1)).toEqual({ event: 'pusher:ping', data: {} })
  })

  it.each(['visible', 'online', 'offline', 'resumed', 'restored', 'woke'] as const)(
    'is pinged at once when the page says `%s`, and lost after 4 s; then tried within 0.3 s',
    async (signal) => {
      const { socket, pass, said, environment, sockets, nextTryInMs } = await live()
      environment.signal(signal)
      environment.signal(signal)
      expect(socket().sent.filter(({ event }) => event === 'pusher:ping')).toHaveLength(1)
      await pass(4_000)
      expect([said, nextTryInMs()]).toEqual([['socket-lost'], 150])
      await pass(150)
      expect(sockets).toHaveLength(2)
    },
  )

  it('is not given up by a page that was held up itself: its answer may lie unread', async () => {
    const { socket, pass, said, environment } = await live()
    environment.signal('visible')
    environment.setClock(60_000)
    await pass(4_000)
    expect(said).toEqual([])
    socket().say({ event: 'pusher:pong' })
    await pass(10_000)
    expect(said).toEqual([])
  })

  it.each([1000, 1006, 1009, 4005, 4006, 4009, 4200, 4201])(
    'that ends with %i is tried again after 0.8 to 1.9 s',
    async (code) => {
      const { socket, said, nextTryInMs, pass, sockets, goLive, resyncs, asked } = await live()
      socket().end(code)
      expect([said, nextTryInMs()]).toEqual([['socket-lost'], 1_350])
      await pass(1_350)
      expect(sockets).toHaveLength(2)
      await goLive()
      expect([said.at(-1), resyncs]).toEqual(['subscribed', [100]])
      expect(asked.at(-1), 'with a signature for the new socket').toContain('socket_id=2.1')
    },
  )

  it('lets error frames be that are about something else', async () => {
    const { socket, said, errors } = await live()
    for (const code of [4009, 4200, 4301, 4004, 4001]) socket().say(error(code))
    expect([said, errors]).toEqual([[], []])
  })

  it.each([
    [4001, 'refused: unknown-app'],
    [4004, 'delayed: over-capacity'],
    [4301, 'delayed: socket-refused'],
  ])('that is closed with %i is %s', async (code, expected) => {
    const { socket, said } = await live()
    socket().end(code)
    expect(said).toEqual([expected])
  })
})

describe('at the door', () => {
  it.each([
    [4001, 'refused: unknown-app', null],
    [4009, 'refused: origin-refused', null],
    [4006, 'delayed: socket-refused', 3_750],
    [4004, 'delayed: over-capacity', 3_750],
    [4301, 'delayed: socket-refused', 3_750],
  ])('an error frame %i with the socket left open is %s', async (code, expected, inMs) => {
    const { socket, said, nextTryInMs, pass, sockets, left } = reverbPage()
    socket().say(error(code))
    expect([said.at(-1), nextTryInMs(), socket().isClosed()]).toEqual([expected, inMs, true])
    await pass(600_000)
    expect(sockets.length > 1).toBe(inMs !== null)
    if (inMs === null) expect(left()[0]).toBe(1)
  })

  it.each([
    [4001, 'refused: unknown-app'],
    [4009, 'refused: origin-refused'],
    [4004, 'delayed: over-capacity'],
  ])('a close with %i and no frame before it is %s', (code, expected) => {
    const { socket, said } = reverbPage()
    socket().end(code)
    expect(said).toEqual(['socket-opening', expected])
  })

  it('what is refused for good after a loss is not asked again because the network is back', async () => {
    const { socket, environment, sockets, pass } = await live()
    socket().end(1006)
    await pass(2_000)
    socket().say(error(4001))
    const before = sockets.length
    environment.signal('online')
    await pass(60_000)
    expect(sockets).toHaveLength(before)
  })

  it('an error frame before a 1006, as Reverb says that it does not know the key, is told with its reason', () => {
    const { socket, said } = reverbPage()
    socket().say(error(4001))
    socket().end(1006)
    expect(said).toEqual(['socket-opening', 'refused: unknown-app'])
  })

  it('a refusal that mends itself stays the reason until the server greets, is one error, and the network is no reason to hurry', async () => {
    const { socket, said, errors, pass, environment, sockets } = reverbPage()
    socket().say(error(4004))
    environment.signal('online')
    expect(sockets).toHaveLength(1)
    await pass(3_750)
    socket().end()
    await pass(10_000)
    expect(said).toEqual(['socket-opening', 'delayed: over-capacity', 'socket-opening'])
    socket().say(error(4004))
    expect(new Set(errors).size).toBe(1)
    await pass(60_000)
    socket().greet()
    expect(said.at(-1)).toBe('socket-open')
  })

  it('a greeting that cannot be read is a refusal, asked again', async () => {
    const { socket, said, nextTryInMs } = reverbPage()
    socket().say({ event: 'pusher:connection_established', data: 'soon' })
    expect([said.at(-1), nextTryInMs()]).toEqual(['delayed: socket-refused', 3_750])
  })

  it('a try that fails at once is not repeated at once, and one that hangs is given up', async () => {
    const { socket, said, nextTryInMs, pass, sockets } = reverbPage()
    socket().end()
    expect(said).toEqual(['socket-opening', 'socket-lost'])
    expect(nextTryInMs()).toBe(2_900)
    await pass(2_899)
    expect(sockets).toHaveLength(1)
    await pass(1)
    expect(sockets).toHaveLength(2)
    await pass(20_000)
    expect(sockets.length).toBeGreaterThan(2)
    expect(sockets.filter(({ isClosed }) => !isClosed())).toHaveLength(1)
  })

  it('a try says until when it is waited for, after a loss too', async () => {
    const { socket, goLive, pass, sockets, nextTryInMs } = reverbPage()
    await goLive()
    socket().end()
    await pass(1_900)
    expect(sockets).toHaveLength(2)
    expect(nextTryInMs()).toBeGreaterThan(0)
    await pass(nextTryInMs() ?? 0)
    expect(sockets).toHaveLength(3)
  })

  it('nobody answers: after three tries it is said once where to look, and tried on', async () => {
    const { socket, sockets, errors, pass } = reverbPage()
    for (let tries = 0; tries < 3; tries += 1) {
      expect(errors).toEqual([])
      socket().end()
      await pass(6_000)
    }
    expect(errors).toMatchObject([
      { code: 'no-answer', message: 'wss://ws.test:443 never opened: look at host, port and scheme.' },
    ])
    await pass(600_000)
    expect([errors.length, sockets.length > 10]).toEqual([1, true])
  })

  it('nobody answers any more: that is an outage, and not said', async () => {
    const { socket, goLive, errors, pass } = reverbPage()
    await goLive()
    for (let tries = 0; tries < 9; tries += 1) {
      socket().end()
      await pass(6_000)
    }
    expect(errors).toEqual([])
  })

  // As Firefox and WebKit do where connect-src forbids it; Chromium closes such a socket instead.
  it('a WebSocket that the browser does not let be made is said, with its address and the browser’s own words', () => {
    const { sockets, ...page } = reverbPage()
    const cause = new Error('The operation is insecure.')
    Object.assign(globalThis, {
      WebSocket: class {
        constructor() {
          throw cause
        }
      },
    })
    page.socket().end()
    page.environment.advance(10_000)
    expect(page.said.at(-1)).toBe('refused: no-web-socket')
    expect(page.errors).toMatchObject([
      {
        cause,
        message: 'No WebSocket: look at connect-src, and for a proxy. wss://ws.test:443: The operation is insecure.',
      },
    ])
    expect(sockets).toHaveLength(1)
  })
})

it('a socket whose instrumentation throws throws nothing into the page: it is lost as one that does not answer, and let go', async () => {
  const { pass, environment, socket, sockets, said, goLive, link, left } = reverbPage()
  const fail = (): never => {
    throw new Error('instrumented')
  }
  instrument((own) => {
    const { close } = own
    Object.assign(own, { send: fail, close: () => [close.call(own), fail()] })
  })
  socket().end()
  await pass(3_000)
  await goLive()
  socket().say({ event: 'pusher:ping' })
  environment.signal('visible')
  await pass(4_000)
  expect(said.at(-1)).toBe('socket-lost')
  await pass(1_000)
  expect(sockets).toHaveLength(3)
  link.stop()
  expect(left()).toEqual([0, 0, 0])
})

describe('the channel', () => {
  it.each<[string, () => Response, string]>([
    ['403', () => json({ message: '' }, 403), 'refused: not-authorised'],
    ['419', () => json({ message: '' }, 419), 'refused: page-expired'],
    ['404', () => json({ message: '' }, 404), 'refused: misconfigured'],
    ['500', () => json({ message: '' }, 500), 'delayed: authorisation-failed'],
    ['a log-in page', () => new Response('<!doctype html>'), 'delayed: blocked'],
    ['a challenge', () => new Response('<!doctype html>', { status: 403 }), 'delayed: blocked'],
  ])('that is answered by %s is %s, and nothing is shown to the server', async (_what, answer, expected) => {
    const { socket, pass, said, errors } = reverbPage({ authorises: answer })
    socket().greet()
    await pass(0)
    expect([said.at(-1), socket().sent]).toEqual([expected, []])
    expect(String(errors.at(-1)), 'the address').toContain('/broadcasting/auth')
  })

  it('waits as long as the shop says, and later each time', async () => {
    const authorises = () => Response.json({}, { status: 503, headers: { 'Retry-After': '7' } })
    const { socket, pass, nextTryInMs, asked, errors } = reverbPage({ authorises })
    socket().greet()
    await pass(0)
    for (const inMs of [8_500, 9_500, 11_500]) {
      expect(nextTryInMs()).toBe(inMs)
      await pass(inMs)
    }
    expect([asked.length, new Set(errors).size]).toEqual([4, 1])
  })

  it.each<[string, object]>([
    ['4009 without a channel, as Reverb says it', error(4009)],
    [
      'an error of the channel, as soketi says it',
      { event: 'pusher:subscription_error', channel: CHANNEL, data: { type: 'AuthError', status: 401 } },
    ],
  ])('whose signature is refused says so: %s', async (_what, frame) => {
    const { socket, pass, said, nextTryInMs, asked } = reverbPage()
    socket().greet()
    await pass(0)
    socket().say(frame)
    expect([said.at(-1), nextTryInMs()]).toEqual(['delayed: signature-refused', 11_500])
    await pass(11_500)
    expect(asked).toHaveLength(2)
  })

  it('is not refused by a 4009 while the signature is awaited: it is about something else', async () => {
    const { socket, said } = reverbPage({ authorises: () => new Promise(() => undefined) })
    socket().greet()
    socket().say(error(4009))
    expect(said.at(-1)).toBe('socket-open')
  })

  it('that nobody confirms is asked anew after 10 s, and the second time by a fresh socket', async () => {
    const { socket, pass, said, sockets, asked } = reverbPage()
    socket().greet()
    await pass(0)
    await pass(10_000)
    expect(said.at(-1)).toBe('delayed: no-answer')
    await pass(1_500)
    expect([asked.length, sockets.length]).toEqual([2, 1])
    // Kept alive meanwhile.
    socket().say({ event: 'pusher:ping' })
    await pass(10_000)
    expect(said.at(-1)).toBe('socket-lost')
    await pass(300)
    expect(sockets).toHaveLength(2)
  })

  it.each<[string, Parameters<typeof reverbPage>[0]]>([
    ['answer', { authorises: () => new Promise(() => undefined) }],
    ['token', { auth: { bearerToken: () => new Promise(() => undefined) } }],
  ])(
    'whose signature never comes is the shop’s trouble, for whom a fresh socket is no help: no %s',
    async (_what, options) => {
      const { socket, pass, said, sockets, link, left } = reverbPage(options)
      socket().greet()
      await pass(10_000)
      expect(said.at(-1)).toBe('delayed: authorisation-failed')
      for (let second = 0; second < 60; second += 5) {
        socket().say({ event: 'pusher:ping' })
        await pass(5_000)
      }
      expect([said.includes('delayed: no-answer'), sockets.length]).toEqual([false, 1])
      link.stop()
      expect(left()).toEqual([0, 0, 0])
    },
  )

  it('waits for its signature as long as the options say', async () => {
    let sign = (): void => undefined
    const authorises = () =>
      new Promise<Response>((resolve) => {
        sign = () => resolve(json({ auth: 'k:late' }))
      })
    const { socket, pass, said } = reverbPage({ authorises, auth: { timeoutMs: 25_000 } })
    socket().greet()
    await pass(20_000)
    sign()
    await pass(0)
    expect(said.at(-1)).toBe('socket-open')
    socket().confirm()
    expect(said.at(-1)).toBe('subscribed')
  })

  it('that is confirmed needs no signature any more, and is not refused for want of one', async () => {
    const answers: ((response: Response) => void)[] = []
    const { socket, pass, said } = reverbPage({ authorises: () => new Promise((resolve) => answers.push(resolve)) })
    socket().greet()
    await pass(0)
    answers[0]?.(json({ auth: 'k:signature' }))
    await pass(11_500)
    expect(answers).toHaveLength(2)
    socket().publish({ n: 1 })
    answers[1]?.(json({ message: '' }, 403))
    await pass(0)
    expect(said.at(-1)).toBe('subscribed')
  })

  it('is proved by a broadcast, whatever became of the confirmation', async () => {
    const { socket, pass, said, delivered } = reverbPage()
    socket().greet()
    await pass(10_000)
    socket().publish({ n: 1 })
    expect([said.at(-1), delivered]).toEqual(['subscribed', [{ n: 1 }]])
  })

  it('is not asked for with a signature of a socket that is gone', async () => {
    const answers: ((response: Response) => void)[] = []
    const { socket, pass, sockets } = reverbPage({ authorises: () => new Promise((resolve) => answers.push(resolve)) })
    socket().greet()
    await pass(0)
    socket().end()
    await pass(2_000)
    socket().greet()
    await pass(0)
    answers[0]?.(json({ auth: 'k:old' }))
    await pass(0)
    expect(sockets.map(({ sent }) => sent)).toEqual([[], []])
    answers[1]?.(json({ auth: 'k:new' }))
    await pass(0)
    expect(sockets.map(({ sent }) => sent.length)).toEqual([0, 1])
  })
})

describe('the page', () => {
  it('that is stopped leaves no timer, listener, request or socket, wherever it was', async () => {
    const moments: ((page: ReturnType<typeof reverbPage>) => unknown)[] = [
      () => undefined,
      ({ socket }) => socket().greet(),
      async ({ socket, pass }) => {
        socket().greet()
        await pass(0)
      },
      ({ goLive }) => goLive(),
      async ({ goLive, environment }) => {
        await goLive()
        environment.signal('visible')
      },
      async ({ goLive, socket }) => {
        await goLive()
        socket().end()
      },
      ({ socket }) => socket().say(error(4004)),
      async ({ socket, pass }) => {
        socket().greet()
        await pass(10_000)
      },
    ]
    for (const moment of moments) {
      const page = reverbPage()
      await moment(page)
      page.link.stop()
      page.link.stop()
      expect(page.left(), moment.toString()).toEqual([0, 0, 0])
      const { length } = page.said
      await page.pass(100_000)
      expect([page.left(), page.said.length]).toEqual([[0, 0, 0], length])
    }
  })

  it('may be stopped by whoever hears anything of it', async () => {
    const live = async (stopAt: number | null) => {
      const page = reverbPage()
      let words = 0
      page.whenHeard(() => {
        if (words === stopAt) page.link.stop()
        words += 1
      })
      await page.goLive()
      page.socket().publish({ n: 1 })
      page.socket().end()
      await page.pass(2_000)
      page.socket().end()
      await page.pass(5_000)
      page.socket().greet()
      await page.pass(10_000)
      page.environment.signal('visible')
      await page.pass(5_000)
      page.environment.signal('online')
      page.socket().say(error(4004))
      await page.pass(20_000)
      await page.goLive()
      if (stopAt !== null) expect(page.left(), `stopped at word ${stopAt}`).toEqual([0, 0, 0])
      page.link.stop()
      return words
    }
    const words = await live(null)
    expect(words).toBeGreaterThan(10)
    for (let word = 0; word < words; word += 1) await live(word)
  })

  it('may be stopped by its own fetch, which is aborted, or by its own WebSocket, which is opened or closed', async () => {
    const afterStop = async (stopIn: 'abort' | 'open' | 'close') => {
      let stop = (): void => undefined
      const fetch: typeof globalThis.fetch = (_address, init) =>
        new Promise((_, reject) => {
          init?.signal?.addEventListener('abort', () => {
            reject(init.signal?.reason)
            if (stopIn === 'abort') stop()
          })
        })
      const page = reverbPage({ auth: { fetch } })
      instrument((own) => {
        const { close } = own
        if (stopIn === 'open') stop()
        if (stopIn === 'close') own.close = () => [close.call(own), stop()]
      })
      page.socket().end()
      await page.pass(3_000)
      page.socket().greet()
      await page.pass(0)
      stop = page.link.stop
      page.socket().end()
      await page.pass(100_000)
      return page.left()
    }
    for (const where of ['abort', 'open', 'close'] as const) expect(await afterStop(where), where).toEqual([0, 0, 0])
  })

  it('that has a network again tries within 0.3 s, from the first step on, but not before anything was lost', async () => {
    const { environment, sockets, socket, pass, nextTryInMs } = reverbPage()
    environment.signal('online')
    await pass(500)
    expect(sockets).toHaveLength(1)
    socket().end()
    await pass(60_000)
    socket().end()
    environment.signal('online')
    expect(nextTryInMs()).toBe(150)
  })
})
