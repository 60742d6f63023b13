import { WebSocket } from 'ws'
import { isObject, parseJson } from '../http/call'
import { RECORDED_KEY } from './recordings'
import { describeHappening } from './report'
import type { Credentials, Target } from './target'

/** Something that happened to a connection, seen from the client. */
export type Happening =
  | { readonly kind: 'upgrade'; readonly headers: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly status: number; readonly body: string }
  | { readonly kind: 'frame'; readonly text: string }
  | { readonly kind: 'ping' }
  | { readonly kind: 'pong'; readonly payload: string }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }

/** Where an actor connects. */
interface ActorOptions {
  readonly url: string
  readonly origin?: string | undefined
  /** False: control pings of the server are not answered. @default true */
  readonly autoPong?: boolean | undefined
}

/** A bare client that remembers what happens to it until it is asked, in order. */
export interface Actor {
  /** The next thing that happened or happens; null when nothing does for so long. */
  next(patienceMs: number): Promise<Happening | null>
  say(text: string): void
  ping(payload: string): void
  /** Says goodbye with 1000; before the connection is there it gives up. */
  close(): void
  /** Ends the connection without a word. */
  end(): void
  /** 1: open, 3: closed, as in browsers. */
  readyState(): number
  /** What the greeting said; empty without one. */
  socketId(): string
}

/** Connects. */
const openActor = ({ url, origin, autoPong = true }: ActorOptions): Actor => {
  const socket = new WebSocket(url, { autoPong, perMessageDeflate: false, ...(origin !== undefined && { origin }) })
  const [stream, start] = [createInbox(), { socketId: '', isRefused: false }]
  const isOpen = (): boolean => socket.readyState === WebSocket.OPEN
  // Nothing more happens to what is over: waiting for it would only take time.
  const isOver = (): boolean =>
    socket.readyState === WebSocket.CLOSED || (start.isRefused && socket.readyState === WebSocket.CONNECTING)

  listenTo(socket, (happening) => {
    if (happening.kind === 'refused') start.isRefused = true
    if (happening.kind === 'frame') start.socketId ||= readSocketId(happening.text)
    stream.put(happening)
  })
  return {
    next: (patienceMs) => stream.next(isOver() ? 0 : patienceMs),
    say: (text) => isOpen() && socket.send(text, ignoreClosed),
    ping: (payload) => isOpen() && socket.ping(payload, undefined, ignoreClosed),
    close: () => socket.close(1000),
    end: () => socket.terminate(),
    readyState: () => socket.readyState,
    socketId: () => start.socketId,
  }
}

const listenTo = (socket: WebSocket, put: (happening: Happening) => void): void => {
  socket.on('upgrade', ({ headers }) => put({ kind: 'upgrade', headers }))
  socket.on('unexpected-response', (_, response) => {
    let body = ''
    response.setEncoding('utf8').on('data', (chunk) => {
      body += chunk
    })
    response.on('end', () => put({ kind: 'refused', status: response.statusCode ?? 0, body }))
  })
  socket.on('message', (data) => put({ kind: 'frame', text: data.toString() }))
  socket.on('ping', () => put({ kind: 'ping' }))
  socket.on('pong', (payload) => put({ kind: 'pong', payload: payload.toString() }))
  socket.on('error', ({ message }) => put({ kind: 'error', message }))
  socket.on('close', (code, reason) => put({ kind: 'close', code, reason: reason.toString() }))
}

const createInbox = () => {
  const waiting: Happening[] = []
  let wake: (() => void) | null = null
  return {
    put: (happening: Happening): void => {
      waiting.push(happening)
      wake?.()
    },
    next: async (patienceMs: number): Promise<Happening | null> => {
      if (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, patienceMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        wake = null
      }
      return waiting.shift() ?? null
    },
  }
}

const readSocketId = (text: string): string => {
  const frame = parseJson(text)
  if (!isObject(frame) || frame.event !== 'pusher:connection_established') return ''
  const data = parseJson(String(frame.data))
  return isObject(data) ? String(data.socket_id) : ''
}

// A connection that is over cannot be spoken to: what is compared is what it heard, not whether it could speak.
const ignoreClosed = (): void => {}

/** The connections of a recording, by the recorder's names. */
export interface Cast {
  /** Opens a connection under a name; gives why not when the target has no such application. */
  open(section: string, socket: string, autoPong?: boolean): Actor | string
  /** The last connection of that name; null without one. */
  find(socket: string): Actor | null
  /** The application a connection was opened on. */
  credentials(socket: string): Credentials
  /** Every name that has a connection. */
  names(): readonly string[]
  /** Ends them all. */
  end(): void
}

/** Nobody is connected yet. */
export const createCast = (target: Target): Cast => {
  const [actors, apps] = [new Map<string, Actor>(), new Map<string, Credentials>()]
  const credentialsFor = (key: string): Credentials | null =>
    key === RECORDED_KEY ? target.main : (target.others.get(key) ?? null)

  return {
    open: (section, socket, autoPong) => {
      const { app, path = '/app/{key}?protocol=7', origin } = entranceOf(section, socket)
      const credentials = credentialsFor(app)
      actors.get(socket)?.end()
      actors.delete(socket)
      if (!credentials) return `needs the application ${app}`
      const actor = openActor({ url: target.wsUrl + path.replace('{key}', credentials.key), origin, autoPong })
      actors.set(socket, actor)
      apps.set(socket, credentials)
      return actor
    },
    find: (socket) => actors.get(socket) ?? null,
    credentials: (socket) => apps.get(socket) ?? target.main,
    names: () => [...actors.keys()],
    end: () => {
      for (const actor of actors.values()) actor.end()
    },
  }
}

/**
 * What came on a connection that nobody recorded. A control ping is answered after everything the server had to say
 * before, and no rule of the protocol counts it.
 */
const surprisesOn = async (socket: string, actor: Actor, patienceMs: number): Promise<readonly string[]> => {
  if (actor.readyState() !== OPEN) return await leftOver(socket, actor)
  const surprises: string[] = []
  actor.ping(QUESTION)
  for (;;) {
    const happening = await actor.next(patienceMs)
    if (happening?.kind === 'pong' && happening.payload === QUESTION) return surprises
    surprises.push(describeHappening(socket, happening, ''))
    if (!happening || happening.kind === 'close') return surprises
  }
}

/** What came unrecorded on any connection, up to now. Asked twice: what one sends, another may hear a moment later. */
export const surprises = async (cast: Cast, patienceMs: number): Promise<readonly string[]> => {
  const all: string[] = []
  for (const socket of [...cast.names(), ...cast.names()]) {
    const actor = cast.find(socket)
    if (actor) all.push(...(await surprisesOn(socket, actor, patienceMs)))
  }
  return all
}

const OPEN = 1
const QUESTION = 'anything else?'

const leftOver = async (socket: string, actor: Actor): Promise<readonly string[]> => {
  const happening = await actor.next(0)
  return happening ? [describeHappening(socket, happening, '')] : []
}

/** Somebody beside the recorded clients, who is on no channel and is therefore never pinged. */
interface Observer {
  /** Resolves when the server has taken in everything that was said before on any connection. */
  settled(): Promise<void>
  end(): void
}

/** Connects an observer. */
export const openObserver = async ({ wsUrl, main, patienceMs }: Target): Promise<Observer> => {
  const actor = openActor({ url: `${wsUrl}/app/${main.key}` })
  await actor.next(patienceMs)
  await actor.next(patienceMs)
  const settled = async (): Promise<void> => {
    actor.ping('settled?')
    await actor.next(patienceMs)
  }
  return {
    // Twice: the first question may be read in the same turn as what came before it on another connection.
    settled: async () => {
      await settled()
      await settled()
    },
    end: actor.end,
  }
}

/** How a recorded connection was opened: recordings name it only in their headings. */
interface Entrance {
  /** A recorded application. */
  readonly app: string
  /** @default `/app/{key}?protocol=7` */
  readonly path?: string | undefined
  readonly origin?: string | undefined
}

const ENTRANCES: Readonly<Record<string, Entrance>> = {
  '7 B': { app: RECORDED_KEY, path: '/app/no-such-key?protocol=7' },
  '7b B': { app: RECORDED_KEY, path: '/no/such/path' },
  '7c B': { app: RECORDED_KEY, path: '/app/{key}?protocol=99' },
  '8 M1': { app: 'cart-bed-max1' },
  '8 M2': { app: 'cart-bed-max1' },
  '9 O1': { app: 'cart-bed-origin', origin: 'https://elsewhere.example.test' },
  '9 O2': { app: 'cart-bed-origin', origin: 'https://shop.example.test' },
  '10 R': { app: 'cart-bed-rate' },
  '10 K': { app: 'cart-bed-rate-kill' },
  '11 W': { app: 'cart-bed-nowhisper' },
  'keep-alive fast-silent': { app: 'cart-bed-fast' },
}

/** Where a connection of a section came in. */
const entranceOf = (section: string, socket: string): Entrance =>
  ENTRANCES[`${section} ${socket}`] ?? { app: RECORDED_KEY }
