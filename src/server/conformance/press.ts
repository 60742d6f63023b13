import { isObject, parseJson } from '../http/fields'
import { callApi } from './api'
import { fillElided, readElided } from './elided'
import type { HttpAnswer } from './request'
import type { Target } from './target'

/** One event, as the HTTP API takes it. */
export interface Edition {
  readonly name: string
  readonly data: string
  readonly channels: readonly string[]
}

/** Publishes what the recorder's shop published, for the frames that were heard. */
export interface Press {
  /** Publishes what makes this recorded frame. Does nothing for frames that no publisher causes. */
  printFor(frame: string): void
  /** Publishes the last event again. */
  printAgain(): void
  /** Publishes an event of the last name with so many letters in it. */
  printLarge(letters: number): void
  /** What the last publish was answered. */
  answer(): Promise<HttpAnswer>
}

/** A press that has not printed. */
export const createPress = ({ httpUrl, main }: Target): Press => {
  const last: { edition: Edition; answer: Promise<HttpAnswer> | null } = { edition: NOTHING, answer: null }
  const print = (edition: Edition): void => {
    last.answer = callApi(httpUrl, main, { method: 'POST', path: '/events', body: edition })
    // The answer may never be asked for.
    last.answer.catch(() => {})
  }

  return {
    printFor: (frame) => {
      const edition = editionOf(frame, last.edition)
      if (!edition) return
      last.edition = edition
      print(edition)
    },
    printAgain: () => print(last.edition),
    printLarge: (letters) => print({ ...last.edition, data: JSON.stringify({ message: 'x'.repeat(letters) }) }),
    answer: () => last.answer ?? Promise.reject(new Error('Nothing was published.')),
  }
}

const NOTHING: Edition = { name: 'news', data: '{}', channels: [] }

/** The event behind a frame; null for the protocol's own frames and for whispers. */
const editionOf = (recorded: string, before: Edition): Edition | null => {
  const elided = readElided(recorded)
  const ending = String.raw`\"}","channel":"${before.channels[0] ?? ''}"}`
  const frame = parseJson(elided ? fillElided(elided, ending) : recorded)
  if (!isObject(frame) || typeof frame.event !== 'string' || /^(pusher[:_]|client-)/.test(frame.event)) return null
  return { name: frame.event, data: String(frame.data), channels: [String(frame.channel)] }
}
