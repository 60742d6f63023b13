import { onTestFinished, vi } from 'vitest'
import type { CartEchoServer, Fault, FaultReport } from '../../../src/server/index'
import { openBrowser } from './browser'

/** Starts a fault and gives its report. */
export type Break = (server: CartEchoServer, fault: Fault) => Promise<FaultReport>

const fromCode: Break = async ({ faults }, fault) => faults.start(fault).report()

const overHttp: Break = async ({ url }, { kind, ...fields }) => {
  const answer = await openBrowser(url).post(`/faults/${kind}`, fields)
  if (answer.status !== 200) throw new Error(answer.text)
  return answer.json
}

/** Both ways to break something: every fault has to work in each. */
export const WAYS: readonly (readonly [string, Break])[] = [
  ['from code', fromCode],
  ['over HTTP', overHttp],
]

/** How often a fault struck, and whether it is over. */
export const fateOf = ({ faults }: CartEchoServer, { id }: FaultReport): string => {
  const { active, over } = faults.list()
  const report = [...active, ...over].find((one) => one.id === id)
  return report ? `${report.active ? 'active' : 'over'}, struck ${report.struck}` : 'unknown'
}

/** Time-outs stand still until told to go on. Sockets do not. */
export const holdTime = (): { pass(ms: number): void } => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  return { pass: (ms) => vi.advanceTimersByTime(ms) }
}

/** The date stands still; gives it, in whole seconds, as it is said in headers. */
export const holdDate = (): number => {
  const nowMs = Math.floor(Date.now() / 1_000) * 1_000
  vi.useFakeTimers({ toFake: ['Date'], now: nowMs })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  return nowMs
}
