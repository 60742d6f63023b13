import { parseObject } from '../http/fields'
import { signChannel } from '../reverb/signature'
import { ASKING_SOCKET, AUTH_CALLS } from './auth-calls'
import { type AuthEntry, authAnswer, corsAnswer } from './auth-recording'
import { compare, type Finding, untried, type Verdict } from './finding'
import { RECORDED_KEY } from './recorded-applications'
import type { RecordedSection } from './recording'
import { ask, type HttpAnswer, type Question } from './request'
import type { AuthDoor, Credentials, Target } from './target'

/** Asks an auth endpoint what the recorder asked one, and compares the answers. */
export const playAuth = async (
  { name, lines }: RecordedSection<AuthEntry>,
  { door, main }: Target,
): Promise<readonly Finding[]> => {
  const findings: Finding[] = []
  for (const { number, entry } of lines) {
    const verdict = door ? await playCall(door, main, entry) : untried('needs an auth endpoint')
    findings.push({ recording: 'auth.txt', section: name, line: number, verdict })
  }
  return findings
}

const playCall = async (door: AuthDoor, main: Credentials, { call, answer }: AuthEntry): Promise<Verdict> => {
  const question = AUTH_CALLS[call]?.(door) ?? `nobody knows how to ask "${call}"`
  if (typeof question === 'string') return untried(question)
  const answered = await ask(question)
  const got = question.method === 'OPTIONS' ? corsOf(answered) : answerOf(answered, question, main)
  return compare(answer.replace(RECORDED_SIGNATURE, SIGNED), got)
}

const corsOf = ({ status, headers }: HttpAnswer): string =>
  corsAnswer(
    status,
    Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`),
  )

/** A signature that is good for what was asked is what was recorded; any other stays as it is, and is seen. */
const answerOf = ({ status, headers, body }: HttpAnswer, question: Question, { key, secret }: Credentials): string => {
  const answer = authAnswer(status, String(headers['content-type'] ?? ''), body)
  const { channel_data: data = '' } = parseObject(body)
  const good = signChannel(secret, ASKING_SOCKET, channelAsked(question), String(data))
  return answer.replace(`"${key}:${good}"`, SIGNED)
}

const channelAsked = ({ url, body = '' }: Question): string =>
  /channel_name"?[=:]"?([\w.-]+)/.exec(`${url} ${body}`)?.[1] ?? ''

const RECORDED_SIGNATURE = new RegExp(`"${RECORDED_KEY}:[0-9a-f]{64}"`)

const SIGNED = '"<key>:<signature>"'
