import { execFileSync } from 'node:child_process'

/** How much memory a process has, in bytes, as the system's own ps says. @throws where there is no such process. */
export const residentBytes = (pid: number): number =>
  1_024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }))
