import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'

/** One number of an experiment. */
export interface Row {
  readonly system: string
  readonly case: string
  readonly metric: string
  /** Null where the metric has no meaning, or what it measures never happened. */
  readonly value: number | null
  readonly unit: string
}

/** What one run of an experiment found. */
export interface Result {
  readonly name: string
  /** ISO 8601. */
  readonly date: string
  readonly node: string
  /** Of the packages that were measured. */
  readonly versions: Readonly<Record<string, string>>
  readonly rows: readonly Row[]
}

/** What an experiment is given. */
export interface ExperimentOptions {
  /** The cases to run; none: all. */
  readonly cases: readonly string[]
  /** Hears how far it is. */
  say(line: string): void
}

/** A row; what never happened becomes null, and everything else has three digits after the point. */
export const row = (system: string, name: string, metric: string, value: number | null, unit: string): Row => ({
  system,
  case: name,
  metric,
  value: value === null || !Number.isFinite(value) ? null : Math.round(value * 1_000) / 1_000,
  unit,
})

/**
 * A result as JSON, as it is kept.
 * @throws when a number stands there twice: one of the two would be lost on whoever reads it.
 */
export const formatResult = (result: Result): string => {
  const names = result.rows.map((one) => `${one.system}, ${one.case}, ${one.metric}`)
  const double = names.find((one, index) => names.indexOf(one) !== index)
  if (double !== undefined) throw new Error(`There are two rows of ${double}.`)
  return `${JSON.stringify(result, null, 2)}\n`
}

/** The rows for people: a line for each case and system, a column for each metric. */
export const formatTable = (rows: readonly Row[]): string => {
  const metrics = [...new Set(rows.map(({ metric }) => metric))]
  const lines = [...new Set(rows.map((one) => `| ${one.case} | ${one.system} |`))]
  const cell = (line: string, metric: string): string =>
    String(rows.find((one) => `| ${one.case} | ${one.system} |` === line && one.metric === metric)?.value ?? '–')
  return [
    `| case | system | ${metrics.join(' | ')} |`,
    `| --- | --- |${' ---: |'.repeat(metrics.length)}`,
    ...lines.map((line) => `${line} ${metrics.map((metric) => cell(line, metric)).join(' | ')} |`),
  ].join('\n')
}

/** Writes `bench/results/NAME.json` below the root of the repository. Returns where. */
export const writeResult = (root: string, name: string, rows: readonly Row[]): string => {
  const versions = Object.fromEntries(MEASURED.map((path) => versionOf(`${root}${path}package.json`)))
  const result = { name, date: new Date().toISOString(), node: process.version, versions, rows }
  const path = `bench/results/${name}.json`
  mkdirSync(`${root}bench/results`, { recursive: true })
  writeFileSync(`${root}${path}`, formatResult(result))
  return path
}

const MEASURED = ['', 'node_modules/laravel-echo/', 'node_modules/pusher-js/']

const versionOf = (path: string): [string, string] => {
  const { name, version } = JSON.parse(readFileSync(path, 'utf8'))
  return [name, version]
}
