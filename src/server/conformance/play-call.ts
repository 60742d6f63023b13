import { signChannel } from '../reverb/signature'
import { askDoor } from './door'
import { compare, untried, type Verdict } from './finding'
import { rewriteJson } from './normalise'
import { surprises } from './quiet'
import { RECORDED_CALLS } from './recorded-calls'
import type { OfNoSocket, TranscriptStage } from './transcript-stage'

/** Asks over HTTP what the recorder asked, and holds its notes against what came. */
export const playCall = async (stage: TranscriptStage, entry: OfNoSocket): Promise<Verdict> => {
  switch (entry.kind) {
    case 'note':
      return await note(stage, entry.text)
    case 'auth':
      return await auth(stage, entry.signature)
    case 'published':
      return await published(stage, entry.pad, entry.answer)
    case 'answered':
      return await answered(stage, entry.call, `${entry.status} ${rewriteJson(entry.body)}`)
  }
}

/** Notes say how many frames came, or explain the lines before: either way nothing more may have come by then. */
const note = async (stage: TranscriptStage, text: string): Promise<Verdict> => {
  // Here the recorder had published once more, for nobody to hear.
  if (text.startsWith('frames after unsubscribe')) {
    stage.press.printAgain()
    await stage.press.answer()
  }
  const [surprise] = await surprises(stage.cast, stage.target.patienceMs)
  return compare('nothing more', surprise ?? 'nothing more')
}

const auth = async ({ target, cast, learned }: TranscriptStage, signature: string): Promise<Verdict> => {
  const made = learned.get(signature)
  if (!target.door) return untried('needs an auth endpoint')
  if (!made) return untried('is for a subscription that was not recorded')
  const socketId = cast.find(made.socket)?.socketId() ?? ''
  const { status, body } = await askDoor(target.door, { socket_id: socketId, channel_name: made.channel })
  const { key, secret } = target.main
  const expected = JSON.stringify({ auth: `${key}:${signChannel(secret, socketId, made.channel)}` })
  return compare(`200 ${expected}`, `${status} ${rewriteJson(body)}`)
}

/** The recorder's shop answered 200 when Reverb had, and 502 with Reverb's own words when it had not. */
const published = async ({ press }: TranscriptStage, pad: number, recorded: string): Promise<Verdict> => {
  const [, refusal] = /Pusher error: (.*)\."}$/.exec(recorded) ?? []
  if (refusal !== undefined) press.printLarge(pad)
  const { status, body } = await press.answer()
  return compare(refusal === undefined ? '200 {}' : `413 ${refusal}`, `${status} ${body}`)
}

const answered = async ({ target, press }: TranscriptStage, call: string, expected: string): Promise<Verdict> => {
  const { status, body } = await (RECORDED_CALLS[call]?.(target) ?? press.answer())
  return compare(expected, `${status} ${rewriteJson(body)}`)
}
