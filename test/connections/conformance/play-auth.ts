import type { RecordedSection } from '../../../src/server/conformance/recording'
import { compare, type Finding, untried, type Verdict } from '../../../src/server/conformance/report'
import type { AuthEntry } from '../../../src/server/conformance/transcript'
import { isObject, parseJson } from '../../../src/server/http/call'
import type { RecordedClient } from './recorded-client'
import { type Conditions, openStage } from './stage'

/** A refused page is watched for so long: it has nothing to say to the server. */
const STAYS_SILENT_MS = 5_000
const CONNECT_WITHIN_MS = 10_000

/**
 * Gives a page each recorded answer of the auth endpoint, and compares what it says to the server then, which is nothing without a
 * signature, and what it says of itself.
 */
export const playAuth = async (
  { name, lines }: RecordedSection<AuthEntry>,
  conditions: Conditions,
  client: RecordedClient,
): Promise<readonly Finding[]> => {
  const findings: Finding[] = []
  for (const { number, entry } of lines) {
    findings.push({
      recording: 'auth.txt',
      section: name,
      line: number,
      verdict: await play(entry, conditions, client),
    })
  }
  return findings
}

const play = async ({ call, answer }: AuthEntry, conditions: Conditions, client: RecordedClient): Promise<Verdict> => {
  const [, status = '', type = '', body = ''] = /^(\d{3}) (\S+(?:; charset=\S+)?) (.*)$/.exec(answer) ?? []
  const signature = authIn(body)
  if (call.includes('check-updates') || call.startsWith('CORS')) return untried('is asked for no channel')
  if (status === '200' && signature === null) return untried('was recorded in part')
  const { channel } = client.subscription
  const stage = await openStage(conditions, { user: '1', key: 'cart-bed-key' })
  try {
    await stage.comes(() => stage.tries() > 0, CONNECT_WITHIN_MS)
    stage.connection()?.send(client.greeting)
    await stage.seen()
    await stage.answer(new Response(body, { status: Number(status), headers: { 'Content-Type': type } }))
    const seen = await stage.seen()
    const expected = signature
      ? `connecting: subscribing; says pusher:subscribe ${JSON.stringify({ auth: signature, channel })}`
      : meaningOf(Number(status), type)
    if (seen !== expected || signature) return compare(expected, seen)
    await stage.pass(STAYS_SILENT_MS)
    // It may have asked the shop once more, and says nothing to the server all the same.
    const saidLater = (await stage.seen()).split('; ').filter((words) => words.startsWith('says'))
    return compare('says nothing', saidLater[0] ?? 'says nothing')
  } finally {
    await stage.close()
  }
}

const authIn = (body: string): string | null => {
  const answer = parseJson(body)
  return isObject(answer) && typeof answer.auth === 'string' ? answer.auth : null
}

/** What a page says of itself after an answer without a signature. A page of HTML is nobody's answer: the shop's own is JSON. */
const meaningOf = (status: number, type: string): string => {
  if (!type.includes('json')) return 'waiting: blocked'
  if (status === 403) return 'refused: not-authorised'
  return status === 419 ? 'refused: page-expired' : 'waiting: authorisation-failed'
}
