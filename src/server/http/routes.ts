import { parse } from 'hono/utils/cookie'
import type { Call, Handler } from './call'
import type { Reply } from './reply'

/** The parts of a path that stood at the names of its pattern, decoded. */
export type Params = Readonly<Record<string, string>>

/** A handler for one method and one path pattern, such as `/apps/:id/events`. */
export const route = (
  method: string,
  pattern: string,
  handle: (call: Call, params: Params) => Reply | Promise<Reply>,
): Handler => {
  const names = pattern.split('/')
  return (call) => {
    const params = call.method === method ? matchPath(names, call.path.split('/')) : null
    return params ? handle(call, params) : null
  }
}

/** The first reply that one of the handlers gives, in their order. */
export const firstOf =
  (handlers: readonly Handler[]): Handler =>
  async (call) => {
    for (const handler of handlers) {
      const reply = await handler(call)
      if (reply) return reply
    }
    return null
  }

/** Decodes a percent-encoded piece of a path; null when it is not one. Never throws. */
export const decodePiece = (piece: string): string | null => {
  try {
    return decodeURIComponent(piece)
  } catch {
    return null
  }
}

const matchPath = (names: readonly string[], pieces: readonly string[]): Params | null => {
  if (names.length !== pieces.length) return null
  const params: Record<string, string> = {}
  for (const [index, name] of names.entries()) {
    const piece = decodePiece(pieces[index] ?? '')
    if (piece === null) return null
    if (name.startsWith(':')) params[name.slice(1)] = piece
    else if (name !== piece) return null
  }
  return params
}

/** The value of the cookie `name` in a `Cookie` header, decoded; null without one. Never throws. */
export const readCookie = (header: string | undefined, name: string): string | null =>
  parse(header ?? '', name)[name] ?? null
