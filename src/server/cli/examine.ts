import { readFile } from 'node:fs/promises'
import { createColors } from 'picocolors'
import { diagnose } from '../doctor/diagnose'
import { sayJson, sayReport } from '../doctor/say'
import { plain } from '../plain-line'
import type { DoctorRequest } from './options'
import type { CliEnvironment } from './run'

/** Shows on a terminal that something is under way. */
export interface Spinner {
  start(text: string): void
  message(text: string): void
  /** Takes it off the terminal. */
  clear(): void
}

/** Examines a shop and prints what was found. Gives the exit code: 0 nothing wrong, 1 something wrong, 2 a file that cannot be read. */
export const examine = async (
  { options, isJson, caFile }: DoctorRequest,
  environment: CliEnvironment,
): Promise<number> => {
  const { out, err, hasColours = false, version = 'unknown' } = environment
  const ca = caFile === null ? null : await readFile(caFile, 'utf8').catch(() => undefined)
  if (ca === undefined) {
    err(
      `cart-echo: --ca takes a file that can be read, not "${plain(caFile ?? '')}". See npx cart-echo doctor --help\n`,
    )
    return 2
  }
  if (ca !== null && !ca.includes('-----BEGIN CERTIFICATE-----')) {
    err('cart-echo: --ca takes a file with a certificate as text (PEM). See npx cart-echo doctor --help\n')
    return 2
  }
  const spinner = isJson ? undefined : environment.spinner?.()
  spinner?.start('Looking at the page')
  const report = await diagnose({
    ...options,
    ca,
    version,
    onStep: (what) => spinner?.message(`Looking at ${what}`),
  })
  spinner?.clear()
  out(isJson ? sayJson(report) : sayReport(report, createColors(hasColours)))
  return report.healthy ? 0 : 1
}
