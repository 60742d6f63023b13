import type { Actor } from './actor'
import type { Cast } from './cast'
import { describeHappening } from './describe'

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
