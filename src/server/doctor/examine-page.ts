import { isDisputed, merged, type Raw, readPageSettings, settingsOfTag } from '../../engine/block'
import type { Unreadable } from '../../engine/settings'
import { attempt, isRecord, report, sentenceOf } from '../../engine/shape'
import { parseJson } from '../http/call'
import type { PageSaid } from './facts'
import { failureOf } from './failure'
import { type Finding, folded, found, right, shown } from './finding'
import { type FoundPage, type FoundScript, readHtml } from './read-html'
import type { Reply, Send } from './request'

/** What came of looking at a page. */
interface ExaminedPage {
  /** Null where there is nothing to go on with. */
  readonly said: PageSaid | null
  readonly findings: readonly Finding[]
}

/** Fetches the page and reads what it says to cart-echo. `isUserGiven`: somebody else says who is looking. Never rejects. */
export const examinePage = async (page: URL, send: Send, isUserGiven = false): Promise<ExaminedPage> => {
  const { reply, failure } = await send(page, { headers: { Accept: 'text/html' } })
  if (!reply) return stopped(found('page-unreachable', `${shown(page)} ${failure.what}.`, failure.first))
  const { status, headers } = reply
  if (status >= 300 && status < 400) {
    const to = attempt(() => shown(new URL(headers.location ?? '', page))) ?? 'nowhere'
    return stopped(found('page-redirects', `${shown(page)} answers ${status} and leads to ${to}.`))
  }
  if (status !== 200) return stopped(found('page-status', `${shown(page)} answers HTTP ${status}.`))
  const type = headers['content-type'] ?? 'no type'
  if (!/\bhtml\b/i.test(type)) return stopped(found('page-not-html', `${shown(page)} answers ${type}, not HTML.`))
  const html = readHtml(reply.body.toString('utf8'))
  if (!html) {
    const { what, first } = failureOf('too-large', 'too many elements, or too deep in one another')
    return stopped(found('page-unreachable', `${shown(page)} ${what}.`, first))
  }
  return readPage(reply, html, isUserGiven)
}

const stopped = (finding: Finding): ExaminedPage => ({ said: null, findings: [finding] })

const readPage = (reply: Reply, html: FoundPage, isUserGiven: boolean): ExaminedPage => {
  const tag = html.scripts.find(isTag) ?? null
  const findings: Finding[] = []
  const blocks = readBlocks(html, findings)
  const fromTag = tag ? settingsOfTag((name) => tag.attribute(`data-${name}`)) : {}
  const isConflict = ['owner', 'user'].some((key) => isDisputed(blocks, key))
  if (isConflict) findings.push(found('page-blocks-disagree', 'The page has two blocks that differ in user or owner.'))
  const raw = { ...merged([{ user: html.meta('user-id') }, fromTag]), ...merged(blocks) }
  const wrong: Unreadable[] = []
  const settings = readPageSettings(isConflict ? {} : raw, wrong)
  findings.push(...wrong.filter(isWorthSaying).map(ofSetting))
  const isBroken = isConflict || wrong.some(({ path }) => path[0] === 'user') || findings.some(hidesVisitor)
  findings.push(...ofVisitor(settings, { hasBlock: blocks.length > 0, isBroken, isUserGiven }))
  if (typeof settings.user === 'string' && /\b(public|s-maxage)\b/i.test(reply.headers['cache-control'] ?? ''))
    findings.push(found('page-cacheable', 'The page names a shopper, and lets caches that others share keep it.'))
  return {
    findings: folded(findings),
    said: { settings, csrfToken: html.meta('csrf-token'), policies: policiesOf(reply, html), tag },
  }
}

const isTag = ({ src, attribute }: FoundScript): boolean =>
  attribute('type') !== 'module' && /(^|\/)cart-echo[\w.-]*\.js([?#]|$)|\/cart-echo@/.test(src)

const readBlocks = ({ blocks, blocksInHead }: FoundPage, findings: Finding[]): readonly Raw[] => {
  if (blocks.length === 0 && blocksInHead > 0) findings.push(found('page-block-in-head', 'The block stands in <head>.'))
  if (blocks.length > 1)
    findings.push(found('page-several-blocks', `The page has ${blocks.length} blocks (data-cart-echo) in <body>.`))
  return blocks.flatMap<Raw>((text) => {
    const block = parseJson(text)
    if (isRecord(block)) return block
    findings.push(found('page-block-not-json', 'The block (data-cart-echo) is no JSON object.'))
    return []
  })
}

const hidesVisitor = ({ code }: Finding): boolean => code === 'page-block-in-head' || code === 'page-block-not-json'

// Unknown keys at the top of the block are the page's own.
const isWorthSaying = ({ isUnknown, path }: Unreadable): boolean => !isUnknown || path.length > 1

const ofSetting = (wrong: Unreadable): Finding => {
  if (!wrong.isUnknown) return found('page-block-invalid', `In the block, ${sentenceOf(report(wrong))}`)
  // Without its value: that may be the secret of the app.
  const { path, expected } = report(wrong)
  return found('page-block-unknown', `In the block, ${path}: expected ${expected}.`)
}

/** Who the page says is looking. `isBroken`: it was said already that nobody can be read. */
const ofVisitor = (
  settings: Readonly<Record<string, unknown>>,
  { hasBlock, isBroken, isUserGiven }: Readonly<Record<'hasBlock' | 'isBroken' | 'isUserGiven', boolean>>,
): readonly Finding[] => {
  const { user, guest, enabled, ...others } = settings
  const switchedOff = enabled === false ? [found('page-switched-off', 'The block says "enabled": false.')] : []
  if (user !== undefined) return [right('page', wordsOf(Object.keys(others), hasBlock)), ...switchedOff]
  if (isBroken) return []
  if (guest === true) return [found('page-guest', 'The page says that a guest is looking.'), ...switchedOff]
  if (isUserGiven) return [right('page', 'It does not say who is looking; --user does.'), ...switchedOff]
  if (hasBlock) return [found('page-no-user', 'The block names no user.')]
  return [found('page-no-block', 'The page has no block (data-cart-echo).')]
}

const wordsOf = (others: readonly string[], hasBlock: boolean): string =>
  `${hasBlock ? 'Its block' : 'It'} says who is looking${others.length > 0 ? `, and ${others.join(', ')}` : ''}.`

const policiesOf = ({ headers }: Reply, { policies }: FoundPage): readonly string[] => [
  ...[headers['content-security-policy'] ?? []].flat().flatMap((value) => value.split(',')),
  ...policies,
]
