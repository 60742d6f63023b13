import { type Answer, type Meaning, readResponse, weighAnswer } from '../../engine/answer'
import { type Cursor, formatCursor } from '../../engine/cursor'
import { CartEchoError } from '../../engine/errors'
import { createDecoder, type Decode, decodeAnything, decodeConditionsChanged } from '../../engine/payload'
import type { Facts } from './facts'
import { type Finding, found, right, shown } from './finding'
import type { Reply, Send } from './request'

/** What the check is examined with. */
interface CheckOptions {
  readonly facts: Facts
  readonly address: URL
  readonly send: Send
  nowMs(): number
  /** 0 to below 1. */
  random(): number
}

/** Whether the check answers, with which level, and as pages need it. Asks twice where it keeps a log. Never rejects. */
export const examineCheck = async (options: CheckOptions): Promise<readonly Finding[]> => {
  const { facts, address } = options
  const asked = await ask(options, facts.cursor)
  if ('finding' in asked) return [asked.finding]
  const { meaning, reply } = asked
  const trouble = troubleOf(meaning, address)
  if (trouble) return [trouble]
  const kept = ofHeaders(reply, address)
  if (meaning.name === 'bare')
    return [...kept, found('check-bare', `${shown(address)} answers as the guide has it, without a log.`)]
  if (meaning.name !== 'log') return kept
  const { answer } = meaning
  const findings = [...kept, ...ofAnswer(facts, answer)]
  const isContiguous = findings.every(({ code }) => code !== 'check-not-contiguous')
  if (isContiguous) findings.push(...(await ofLog(options, answer)))
  if (findings.some(({ status }) => status === 'wrong')) return findings
  const words = `${shown(address)} answers from a log (level log): fresh, at ${formatCursor(answer.cursor)}, no-store, without a cookie.`
  return [right('check', words), ...findings]
}

type Asked = { readonly meaning: Meaning; readonly reply: Reply } | { readonly finding: Finding }

/** Asks as a page does. */
const ask = async ({ facts, address, send, nowMs, random }: CheckOptions, since: Cursor | null): Promise<Asked> => {
  const fresh = Math.floor(random() * 2 ** 48).toString(36)
  const url = new URL(address)
  if (since) url.searchParams.set('since', formatCursor(since))
  if (facts.owner !== null) url.searchParams.set('owner', facts.owner)
  url.searchParams.set('fresh', fresh)
  const { reply, failure } = await send(url, {
    headers: {
      Accept: 'application/json',
      'X-Requested-With': 'XMLHttpRequest',
      'Cache-Control': 'no-cache',
      Referer: `${facts.origin}/`,
    },
  })
  if (!reply) return { finding: found('check-unreachable', `${shown(address)} ${failure.what}.`, failure.first) }
  const { status, isJson, json: body } = reply
  const hasLog = facts.cursor !== null || facts.owner !== null
  return {
    reply,
    meaning: readResponse({ status, isJson, body, retryAfterMs: 0 }, { since, hasLog, fresh, nowMs: nowMs() }),
  }
}

/** Why an answer is none; null for one that is. */
const troubleOf = (meaning: Meaning, address: URL): Finding | null => {
  if (meaning.name === 'log' || meaning.name === 'bare') return null
  if (meaning.name === 'nothing') return found('check-empty', `${shown(address)} answers without a body.`)
  const { name, status, detail } = meaning
  const answers = `${shown(address)} answers HTTP ${status}`
  switch (name) {
    case 'session-over':
      return found('check-session', `${answers}: nobody is logged in.`)
    case 'misconfigured':
      return found('check-not-found', `${answers}.`)
    case 'check-refused':
      return found('check-refused', `${answers}.`)
    case 'check-busy':
      return found('check-busy', `${answers}.`)
    case 'check-failed':
      return status >= 500
        ? found('check-fails', `${answers}.`)
        : found('check-invalid', `${shown(address)}: ${detail}`)
    case 'blocked':
      if (status === 0 || (status >= 300 && status < 400)) return found('check-redirects', `${answers}, a redirect.`)
      if (detail === 'It is no JSON.') return found('check-html', `${answers}, and no JSON.`)
      if (detail === 'It has no cart_echo.')
        return found(
          'check-bare-on-log',
          `${shown(address)} answers without cart_echo, and the page has owner or cursor.`,
        )
      return found('check-not-fresh', `${shown(address)} does not give the request’s fresh back.`)
  }
}

const ofHeaders = ({ headers }: Reply, address: URL): readonly Finding[] => [
  ...(/\bno-store\b/i.test(headers['cache-control'] ?? '')
    ? []
    : [found('check-cacheable', `${shown(address)} does not say Cache-Control: no-store.`)]),
  ...(headers['set-cookie'] ? [found('check-sets-cookie', `${shown(address)} sets a cookie.`)] : []),
]

const ofAnswer = ({ owner, cursor }: Facts, answer: Answer): readonly Finding[] => {
  if (owner !== null && owner !== answer.owner)
    return [found('check-other-owner', 'The check names another owner than the page.')]
  switch (weighAnswer({ cursor, retired: [] }, answer)) {
    case 'older':
      return [found('check-behind', `The check is at ${formatCursor(answer.cursor)}, behind the page.`)]
    case 'reset':
      return [found('check-reset', 'The check cannot go on from the page’s own cursor, and answers reset.')]
    case 'malformed':
    case 'too-late':
      return [
        found(
          'check-not-contiguous',
          `The check answers ${answer.events.length} events, which do not lead from the page’s cursor to ${formatCursor(answer.cursor)}.`,
        ),
      ]
    default:
      return []
  }
}

/** Reads what the log holds from its start, as a page would that was away for long. */
const ofLog = async (options: CheckOptions, { cursor: { epoch } }: Answer): Promise<readonly Finding[]> => {
  const since = { epoch, seq: 0 }
  const asked = await ask(options, since)
  if ('finding' in asked) return [asked.finding]
  const { meaning } = asked
  const trouble = troubleOf(meaning, options.address)
  if (trouble) return [trouble]
  if (meaning.name !== 'log') return []
  const { answer } = meaning
  if (!answer.reset && weighAnswer({ cursor: since, retired: [] }, answer) === 'malformed')
    return [
      found(
        'check-not-contiguous',
        `Asked from the start, the check answers ${answer.events.length} events and the cursor ${formatCursor(answer.cursor)}.`,
      ),
    ]
  const unreadable = answer.events.map(({ event, payload }) => decode(event, payload)).find((one) => one !== null)
  return unreadable
    ? [found('check-event-invalid', `The log holds an event that no page can read: ${unreadable.message}`)]
    : []
}

const decode = (event: string, payload: unknown): CartEchoError | null => {
  const decoder: Decode<unknown> = event === 'cart.conditions.changed' ? decodeConditionsChanged : decodeAnything
  const decoded = createDecoder(event, decoder)(payload)
  return decoded instanceof CartEchoError ? decoded : decoded.problem
}
