import { isObject, parseJson } from '../http/fields'
import { signChannel } from '../reverb/signature'
import type { Cast } from './cast'
import { RECORDED_KEY } from './recorded-applications'
import type { RecordedSection } from './recording'
import type { TranscriptEntry } from './transcript'

/** The connection and the channel a recorded signature was made for. */
export interface SignedFor {
  readonly socket: string
  readonly channel: string
}

/** What every recorded signature was made for: where it is used first. Later uses try it where it does not belong. */
export const learnSignatures = (
  sections: readonly RecordedSection<TranscriptEntry>[],
): ReadonlyMap<string, SignedFor> => {
  const learned = new Map<string, SignedFor>()
  for (const { entry } of sections.flatMap(({ lines }) => lines)) {
    const [, signature] = entry.kind === 'said' ? (AUTH.exec(entry.frame) ?? []) : []
    if (entry.kind !== 'said' || signature === undefined || learned.has(signature)) continue
    learned.set(signature, { socket: entry.socket, channel: channelOf(entry.frame) })
  }
  return learned
}

/** A recorded frame with its signature made anew for the connections of today, and the key of today. */
export const resign = (frame: string, learned: ReadonlyMap<string, SignedFor>, cast: Cast): string =>
  frame.replace(AUTH, (auth, signature: string) => {
    const made = learned.get(signature)
    if (!made) return auth
    const { key, secret } = cast.credentials(made.socket)
    const today = signChannel(secret, cast.find(made.socket)?.socketId() ?? '', made.channel)
    return auth.replace(signature, today).replace(`"${RECORDED_KEY}:`, `"${key}:`)
  })

const AUTH = /"auth":"[^":]*:([0-9a-f]{64})"/

const channelOf = (frame: string): string => {
  const said = parseJson(frame)
  return isObject(said) && isObject(said.data) ? String(said.data.channel) : ''
}
