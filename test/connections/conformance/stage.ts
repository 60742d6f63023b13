import type { HeldClock } from '../../support/standing-clock'
import type { ConformingPage, PagePlace } from './page'
import { type ScriptedConnection, type ScriptedReverb, startScriptedReverb, type Wire } from './scripted-reverb'

/** What the client is tried in. */
export interface Conditions {
  readonly clock: HeldClock
  readonly openPage: (place: PagePlace) => ConformingPage
  readonly wire: Wire
}

/** One page on one scripted server, and a shop that answers as it is told. */
export interface ClientStage {
  /** The user whose channel the page listens on. */
  readonly user: string
  /** The newest connection. */
  readonly connection: () => ScriptedConnection | null
  /** How many connections came, or were refused. */
  readonly tries: () => number
  /** What the page asked the shop and was not answered yet: `<socket id> <channel>`. */
  readonly asked: () => string | null
  /** The shop answers what it was asked last. */
  readonly answer: (answer: Response) => Promise<void>
  /** Lets everything arrive, and describes what came of it since this was last called. */
  readonly seen: () => Promise<string>
  /** True once the condition holds; false when it does not within the time. */
  readonly comes: (condition: () => boolean, withinMs: number) => Promise<boolean>
  /** Lets the page's time pass. */
  readonly pass: (ms: number) => Promise<void>
  readonly page: ConformingPage
  readonly close: () => Promise<void>
}

interface Asked {
  readonly words: string
  readonly answer: (answer: Response) => void
}

/** Opens a page for a user on a server of its own. `refusesBy`: the HTTP status of every handshake. */
export const openStage = async (
  { clock, openPage, wire }: Conditions,
  { user, key, refusesBy }: { readonly user: string; readonly key: string; readonly refusesBy?: number | undefined },
): Promise<ClientStage> => {
  const server: ScriptedReverb = await startScriptedReverb(wire, refusesBy)
  let asked: Asked | null = null
  const asks: string[] = []
  const authorise = (address: unknown, init?: RequestInit): Promise<Response> =>
    new Promise((answer) => {
      const words = wordsOf(String(address), init)
      asked = { words, answer }
      asks.push(words)
    })
  const page = openPage({ port: server.port, key, user, authorise: authorise as typeof fetch })
  const connection = (): ScriptedConnection | null => server.connections.at(-1) ?? null

  const comes = async (condition: () => boolean, withinMs: number): Promise<boolean> => {
    // The clock rejects when the time is over.
    await clock.until('it comes', condition, withinMs).catch(() => undefined)
    return condition()
  }

  return {
    user,
    page,
    connection,
    tries: () => server.connections.length + server.refused(),
    asked: () => asked?.words ?? null,
    answer: async (answer) => {
      asked?.answer(answer)
      asked = null
      await clock.settled()
    },
    seen: async () => {
      await clock.settled()
      const said = (connection()?.said() ?? []).filter((frame) => !isTaste(frame, page)).map((one) => essence(one))
      return [
        page.connection(),
        ...asks.splice(0).map((words) => `asks for ${words}`),
        ...said.map((frame) => `says ${frame}`),
        ...page.heard().map((change) => `tells ${change}`),
      ].join('; ')
    },
    comes,
    pass: clock.pass,
    close: async () => {
      page.stop()
      await clock.settled()
      await server.close()
    },
  }
}

/** `769509519.357840300 on private-App.Models.User.1`, where the request is one that Laravel answers with JSON. */
const wordsOf = (address: string, { method = 'GET', headers, body }: RequestInit = {}): string => {
  const fields = new URLSearchParams(body instanceof URLSearchParams ? body : String(body ?? ''))
  const wantsJson = new Headers(headers).get('accept') === 'application/json'
  const how = method === 'POST' && wantsJson && new URL(address).pathname === '/broadcasting/auth' ? '' : ', wrongly'
  return `${fields.get('socket_id')} on ${fields.get('channel_name')}${how}`
}

/** What Reverb reads of a frame: a ping and a pong need no data, and a private channel nothing but `auth` and `channel`. */
export const essence = (text: string): string => {
  const { event, data } = parse(text)
  if (event === 'pusher:ping' || event === 'pusher:pong') return event
  if (event !== 'pusher:subscribe') return text
  const { auth, channel } = Object(data)
  return `${event} ${JSON.stringify({ auth, channel })}`
}

const parse = (text: string): { readonly event?: unknown; readonly data?: unknown } => {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

/** Who leaves a channel that it does not hear does no harm, and none that matters to Reverb. */
const isTaste = (frame: string, page: ConformingPage): boolean =>
  parse(frame).event === 'pusher:unsubscribe' && page.connection() !== 'live: subscribed'
