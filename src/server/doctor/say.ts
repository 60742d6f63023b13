import type { Colors } from 'picocolors/types'
import type { Finding, Report, Status } from './finding'

/** A report as people read it: a line for each finding, and one that counts. */
export const sayReport = ({ findings, healthy }: Report, colours: Colors): string => {
  const count = (status: Status): number => findings.filter((one) => one.status === status).length
  const notes = count('note') > 0 ? ` ${count('note')} to know.` : ''
  const sum = healthy ? colours.green('Nothing wrong.') : colours.red(`${count('wrong')} wrong.`)
  return `${findings.map((one) => `${lineOf(one, colours)}\n`).join('')}\n${sum}${notes}\n`
}

const lineOf = ({ status, about, code, what, why, first }: Finding, colours: Colors): string => {
  const mark = { right: colours.green, note: colours.yellow, wrong: colours.red }[status](status.padEnd(5))
  if (code === null) return `${mark}  ${about}: ${what}`
  return `${mark}  ${about}: ${colours.bold(what)} ${why} First: ${first} ${colours.dim(`[${code}]`)}`
}

/** A report for programs: JSON, and the end of its line. */
export const sayJson = (report: Report): string => `${JSON.stringify(report, null, 2)}\n`
