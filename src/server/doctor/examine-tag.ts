import { createHash } from 'node:crypto'
import { attempt } from '../../engine/shape'
import { type Finding, found, right, shown } from './finding'
import type { FoundScript } from './read-html'
import type { Reply, Send } from './request'

/** Where a tag leads; null where it leads nowhere. A `<base href>` is not looked at: who has one writes such addresses whole. */
export const addressOfTag = ({ src }: FoundScript, page: URL): URL | null => attempt(() => new URL(src, page)) ?? null

/** Whether the tag's file is there, is the one it is pinned to, has its engine beside it, and is of the version that looks. Never rejects. */
export const examineTag = async (
  tag: FoundScript,
  page: URL,
  version: string,
  send: Send,
): Promise<readonly Finding[]> => {
  const address = addressOfTag(tag, page)
  if (!address) return [found('tag-not-there', `The src of the tag is no address.`)]
  const integrity = tag.attribute('integrity')
  const isForeign = address.origin !== page.origin
  const findings: Finding[] = []
  if (integrity && isForeign && tag.attribute('crossorigin') === null)
    findings.push(found('tag-crossorigin', `The tag has integrity, leads to ${address.host}, and has no crossorigin.`))

  const { reply, failure } = await send(address, { headers: isForeign ? { Origin: page.origin } : {} })
  if (!reply) return [found('tag-not-there', `${shown(address)} ${failure.what}.`, failure.first)]
  if (!isScript(reply)) return [found('tag-not-there', `${shown(address)} answers ${kindOf(reply)}, and no script.`)]
  if (integrity && !isPinned(reply.body, integrity))
    findings.push(found('tag-integrity', `${shown(address)} is another file than the integrity of the tag says.`))
  return [
    ...findings,
    ...(await examineBuild(reply.body.toString('utf8'), address, version, send, findings.length > 0)),
  ]
}

// What the build writes into the tag: `src/script-tag/loader.ts`.
const BUILT = /version:"([\w.+-]{1,40})",engine:"(sha384-[\w+/=]+)"/

const examineBuild = async (
  code: string,
  address: URL,
  version: string,
  send: Send,
  isWrong: boolean,
): Promise<readonly Finding[]> => {
  const [, built, engine] = BUILT.exec(code) ?? []
  if (!built || !engine) return isWrong ? [] : [right('tag', `The tag’s file is there: ${shown(address)}.`)]
  const findings: Finding[] = []
  const part = new URL('cdn/engine.js', address)
  const { reply, failure } = await send(part)
  if (!reply) findings.push(found('tag-parts', `${shown(part)} ${failure.what}.`))
  else if (!isScript(reply))
    findings.push(found('tag-parts', `${shown(part)} answers ${kindOf(reply)}, and no script.`))
  else if (!isPinned(reply.body, engine)) findings.push(found('tag-parts', `${shown(part)} is not of the tag’s build.`))
  if (built !== version) findings.push(found('tag-version', `The page’s tag is ${built}; this doctor is ${version}.`))
  if (isWrong || findings.length > 0) return findings
  return [right('tag', `The tag is ${built}, as pinned, with its engine beside it.`)]
}

const isScript = ({ status, headers }: Reply): boolean =>
  status === 200 && /\b(java|ecma)script\b/i.test(headers['content-type'] ?? '')

const kindOf = ({ status, headers }: Reply): string =>
  status === 200 ? (headers['content-type'] ?? 'no type') : `HTTP ${status}`

const STRENGTHS = ['sha512', 'sha384', 'sha256']

/** True when a file has one of the strongest hashes of an integrity; also when that names none that browsers know. Source: Subresource Integrity. */
const isPinned = (body: Buffer, integrity: string): boolean => {
  const pins = integrity
    .trim()
    .split(/\s+/)
    .map((pin) => pin.split('?', 1)[0] ?? '')
  const strength = STRENGTHS.find((name) => pins.some((pin) => pin.startsWith(`${name}-`)))
  return !strength || pins.includes(`${strength}-${createHash(strength).update(body).digest('base64')}`)
}
