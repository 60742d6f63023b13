import { spawnSync } from 'node:child_process'
import { median } from '../../bench/support/percentile'
import { type Cluster, type ClusterOptions, openCluster } from './cluster'
import { type CrowdOptions, type Finding, strikeCrowd } from './crowd'
import { SYSTEM_PATH } from './own-process'
import { tryInChromium } from './shopper'
import { STRIKES } from './strikes'

/** Says what came of something; no trouble is null. */
export type Note = (name: string, trouble: unknown, sinceMs: number, remark?: string) => void

/** What is to be installed for it, and is not. */
export const missingForScaled = (): readonly string[] =>
  [
    { command: 'nginx', words: ['-v'], package: 'nginx-light' },
    { command: 'redis-server', words: ['--version'], package: 'redis-server' },
  ].flatMap(({ command, words, package: name }) =>
    spawnSync(command, words, { env: { PATH: SYSTEM_PATH } }).status === 0 ? [] : [name],
  )

/** Tries pages on two nodes with a Redis behind nginx. Gives what it found, for the table; leaves no process. */
export const runScaled = async (
  options: ClusterOptions & { readonly crowd: CrowdOptions },
  note: Note,
): Promise<readonly Finding[]> => {
  const startedMs = Date.now()
  const findings: Finding[] = []
  let cluster: Cluster
  try {
    cluster = await openCluster(options)
  } catch (error) {
    note('two nodes of soketi with a Redis are there behind nginx', error, startedMs)
    return []
  }
  try {
    // Before a page has come: nodes ask one another about those.
    console.log(`   Redis, for one change: ${await redisLine(cluster)}`)
    for (const strike of STRIKES) {
      const sinceMs = Date.now()
      const name = `two nodes behind nginx: ${strike.name}`
      try {
        const found = await strikeCrowd(cluster, strike, options.crowd)
        findings.push(...found)
        note(name, troubleOf(found), sinceMs, found.map(lineOf).join('; '))
      } catch (error) {
        note(name, error, sinceMs)
      }
    }
    const sinceMs = Date.now()
    const name = 'two nodes behind nginx: a page in Chromium, whose node is killed, hears all once and in order'
    await tryInChromium(cluster).then(
      (remark) => note(name, null, sinceMs, remark),
      (error) => note(name, error, sinceMs),
    )
  } finally {
    await cluster.close().catch((error) => note('the cluster ends', error, Date.now()))
  }
  note('no process of the two nodes is left', cluster.isThere() ? 'one is still there' : null, Date.now())
  return findings
}

const CHANGES = 100

/** Publishes changes that no page hears, and says what that cost. */
const redisLine = async ({ redis, publish }: Cluster): Promise<string> => {
  const before = await redis.done()
  for (let change = 0; change < CHANGES; change += 1) await publish()
  // Of asking itself.
  const [after, again] = [await redis.done(), await redis.done()]
  const ofOne = (of: keyof typeof before): string =>
    ((after[of] - before[of] - (again[of] - after[of])) / CHANGES).toFixed(1)
  return `${ofOne('commands')} commands, ${ofOne('received')} bytes to it, ${ofOne('sent')} bytes from it to two nodes`
}

/** What we promise with a log: nothing lost, nothing twice, nothing out of order. Echo alone promises nothing. */
const troubleOf = (findings: readonly Finding[]): string | null => {
  const bad = findings.filter(({ lost, twice, outOfOrder }) => lost + twice + outOfOrder > 0)
  const ours = bad.filter(({ system }) => system !== 'guide')
  return ours.length === 0 ? null : ours.map(lineOf).join('; ')
}

const lineOf = ({ system, due, lost, twice, outOfOrder, backMs, refused }: Finding): string =>
  `${system} lost ${lost} of ${due}, twice ${twice}, out of order ${outOfOrder}, back after ${seconds(median(backMs))} to ${seconds(Math.max(...backMs))} s, ${refused} refused`

const seconds = (ms: number | null): string => (ms === null || !Number.isFinite(ms) ? '–' : (ms / 1_000).toFixed(1))

/** The findings as docs/scale.md has them. */
export const formatScaled = (findings: readonly Finding[]): string => {
  const strikes = [...new Set(findings.map(({ strike }) => strike))]
  const cell = (strike: string, system: Finding['system']): string => {
    const found = findings.find((one) => one.strike === strike && one.system === system)
    if (!found) return '–'
    const share = found.lost === 0 ? 'nothing lost' : `${((100 * found.lost) / found.due).toFixed(1)} % lost`
    const again = found.twice === 0 ? '' : `, ${found.twice} twice`
    const order = found.outOfOrder === 0 ? '' : `, ${found.outOfOrder} of ${found.pages} pages out of order`
    return `${share}${again}${order}; ${seconds(median(found.backMs))} s, ${seconds(Math.max(...found.backMs))} s`
  }
  return [
    '| what happens | Echo and pusher-js alone | `reverb({…})` and the check | the page’s own Echo, steered, and the check |',
    '| --- | --- | --- | --- |',
    ...strikes.map(
      (strike) =>
        `| ${strike} | ${cell(strike, 'guide')} | ${cell(strike, 'cart-echo')} | ${cell(strike, 'cart-echo-page')} |`,
    ),
  ].join('\n')
}
