import type { CartEchoServer } from '../../../src/server'
import { askAnew } from '../../support/ask-anew'

/** Breaks the stand-in as anybody can: with one HTTP call. */
export const breakIt = async ({ url }: CartEchoServer, kind: string, fault: object = {}): Promise<void> => {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' }
  const answer = await askAnew(`${url}/faults/${kind}`, { method: 'POST', headers, body: JSON.stringify(fault) })
  if (!answer.ok) throw new Error(`POST /faults/${kind} answered ${answer.status}: ${await answer.text()}`)
}

/** Lifts every fault. */
export const mend = async ({ url }: CartEchoServer): Promise<void> => {
  await askAnew(`${url}/faults`, { method: 'DELETE', headers: { Accept: 'application/json' } })
}
