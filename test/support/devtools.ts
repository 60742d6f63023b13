import WebSocket from 'ws'

/** What Chromium tells unasked. */
export interface DevToolsEvent {
  method: string
  params: Record<string, unknown>
  sessionId?: string
}

/** The wire to a Chromium: its DevTools protocol. */
export interface DevTools {
  /** Asks and answers with the result; rejects when Chromium refuses or says nothing in time. */
  send<T = Record<string, unknown>>(method: string, params?: object, sessionId?: string, withinMs?: number): Promise<T>
  /** Hears every event until the returned function is called. */
  hear(listener: (event: DevToolsEvent) => void): () => void
  close(): void
}

type Answer = DevToolsEvent & { id?: number; result: unknown; error?: { message: string } }

/** A machine may be busy. */
const PATIENCE_MS = 60_000

/** Connects to a Chromium by the address that it writes to stderr. */
export const connectDevTools = async (address: string): Promise<DevTools> => {
  const socket = new WebSocket(address, { perMessageDeflate: false })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const waiting = new Map<number, (answer: Answer) => void>()
  const listeners = new Set<(event: DevToolsEvent) => void>()
  let lastId = 0

  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as Answer
    if (message.id === undefined) for (const listener of listeners) listener(message)
    else waiting.get(message.id)?.(message)
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    const error = { message: 'Chromium has gone.' }
    for (const answer of waiting.values()) answer({ method: '', params: {}, result: undefined, error })
  })

  return {
    send: <T>(method: string, params = {}, sessionId?: string, withinMs = PATIENCE_MS) =>
      new Promise<T>((resolve, reject) => {
        lastId += 1
        const id = lastId
        const late = () => answer({ error: { message: `No answer within ${withinMs} ms.` }, result: undefined })
        const timer = setTimeout(late, withinMs)
        const answer = ({ result, error }: Pick<Answer, 'result' | 'error'>) => {
          clearTimeout(timer)
          waiting.delete(id)
          if (error) reject(new Error(`${method}: ${error.message}`))
          else resolve(result as T)
        }
        waiting.set(id, answer)
        if (socket.readyState !== WebSocket.OPEN)
          answer({ error: { message: 'Chromium has gone.' }, result: undefined })
        else socket.send(JSON.stringify({ id, method, params, sessionId }))
      }),
    hear: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => socket.close(),
  }
}
