import { diagnose } from '../../../../src/server/doctor/diagnose'
import type { Report } from '../../../../src/server/doctor/finding'
import type { DoctorOptions } from '../../../../src/server/doctor/options'

/** What the doctor is told beside the page. Answers come at once here; only what never comes is waited for. */
export const OPTIONS: DoctorOptions = {
  page: null,
  reverb: null,
  auth: null,
  check: null,
  user: null,
  channel: null,
  origin: null,
  cookie: '',
  headers: {},
  publish: null,
  ca: null,
  timeoutMs: 20_000,
  totalMs: 60_000,
  version: '0.1.0',
}

/** Examines a page. */
export const examine = (page: string | null, options: Partial<DoctorOptions> = {}): Promise<Report> =>
  diagnose({ ...OPTIONS, page: page === null ? null : new URL(page), ...options })

/** The codes of what is wrong, in order. */
export const wrongs = ({ findings }: Report): readonly (string | null)[] =>
  findings.filter(({ status }) => status === 'wrong').map(({ code }) => code)

/** The codes of what somebody should know, in order. */
export const notes = ({ findings }: Report): readonly (string | null)[] =>
  findings.filter(({ status }) => status === 'note').map(({ code }) => code)
