import { lendWebSocket } from '../support/lent-web-socket'
import { CHECKS, type Check } from './checks'
import { openSoketi, type Soketi } from './soketi'

/** Beyond the time that every wait of a check has by itself. */
const CHECK_WITHIN_MS = 90_000

/**
 * Runs every check against a real soketi from the packages in `folder`, and prints what came of each. The last line counts them. Gives
 * how many failed; leaves no process.
 */
export const runInterop = async (folder: string): Promise<number> => {
  const takeBack = lendWebSocket()
  const soketi = await openSoketi(folder)
  const count = { passed: 0, failed: 0 }
  const note = (name: string, trouble: unknown, sinceMs: number, remark = ''): void => {
    const isWell = trouble === null
    count[isWell ? 'passed' : 'failed'] += 1
    const seconds = ((Date.now() - sinceMs) / 1_000).toFixed(1)
    console.log(` ${isWell ? '✓' : '✗'} ${name} (${seconds} s)${remark && `: ${remark}`}`)
    if (!isWell) console.log(`   ${trouble instanceof Error ? trouble.message : String(trouble)}`)
  }
  try {
    for (const check of CHECKS) {
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
    takeBack()
  }
  note('no process is left', soketi.isThere() ? 'soketi is still there' : null, Date.now())
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
