import { lendWebSocket } from '../support/lent-web-socket'
import { CHECKS, type Check } from './checks'
import { formatScaled, missingForScaled, type Note, runScaled } from './scaled'
import { openSoketi, type Soketi } from './soketi'

/** Beyond the time that every wait of a check has by itself. */
const CHECK_WITHIN_MS = 90_000

/** Where things lie, and how much is tried. */
export interface InteropOptions {
  /** Where soketi is installed. */
  readonly folder: string
  /** The text of laravel/deploy/nginx.conf. */
  readonly nginxConf: string
  /** Where the page for Chromium lies. */
  readonly pages: string
  /** Whether it is for the record: two nodes alone, with more pages, and Echo alone is waited for. Ends with the table of docs/scale.md. */
  readonly isForRecord: boolean
}

const SHORT = { pages: 6, patienceMs: 0 }
const FOR_RECORD = { pages: 20, patienceMs: 30_000 }

/**
 * Runs every check against a real soketi, and then, where nginx and Redis are, against two nodes of it. Prints what came of each. The last
 * line counts them. Gives how many failed; leaves no process.
 */
export const runInterop = async (options: InteropOptions): Promise<number> => {
  const { folder, isForRecord } = options
  const takeBack = lendWebSocket()
  const soketi = await openSoketi(folder)
  const count = { passed: 0, failed: 0 }
  const note: Note = (name, trouble, sinceMs, remark = '') => {
    const isWell = trouble === null
    count[isWell ? 'passed' : 'failed'] += 1
    const seconds = ((Date.now() - sinceMs) / 1_000).toFixed(1)
    console.log(` ${isWell ? '✓' : '✗'} ${name} (${seconds} s)${remark && `: ${remark}`}`)
    if (!isWell) console.log(`   ${trouble instanceof Error ? trouble.message : String(trouble)}`)
  }
  try {
    for (const check of isForRecord ? [] : CHECKS) {
      const sinceMs = Date.now()
      try {
        note(check.name, null, sinceMs, await tried(check, soketi))
      } catch (error) {
        note(check.name, error, sinceMs)
      }
    }
  } finally {
    const sinceMs = Date.now()
    await soketi.close().catch((error) => note('soketi ends', error, sinceMs))
  }
  note('no process is left', soketi.isThere() ? 'soketi is still there' : null, Date.now())
  const missing = missingForScaled()
  if (missing.length > 0) {
    console.log(`Did not run: two nodes on a Redis behind nginx, which need ${missing.join(' and ')}.`)
  } else {
    const findings = await runScaled({ ...options, crowd: isForRecord ? FOR_RECORD : SHORT }, note)
    if (isForRecord) console.log(`\n${formatScaled(findings)}\n`)
  }
  takeBack()
  console.log(`${count.passed} passed, ${count.failed} failed`)
  return count.failed
}

/** One check, on a server that is there, within its time. */
const tried = async ({ run }: Check, soketi: Soketi): Promise<string | undefined> => {
  if (!soketi.isThere()) await soketi.start()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took longer than ${CHECK_WITHIN_MS} ms.`)), CHECK_WITHIN_MS)
  })
  return await Promise.race([run(soketi), late]).finally(() => clearTimeout(timer))
}
