import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const scale = read('docs/scale.md')

interface Result {
  readonly rows: readonly {
    readonly case: string
    readonly metric: string
    readonly value: number
    readonly system: string
  }[]
}

const resultOf = (name: string): Result => JSON.parse(read(`bench/results/${name}.json`))

/** The cells of the line that begins so. */
const line = (start: string): string[] => {
  const found = scale.split('\n').find((one) => one.startsWith(`| ${start} |`))
  if (!found) throw new Error(`There is no line of "${start}".`)
  return found
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim())
}

/** The first number of a cell. */
const number = (cell: string | undefined): number =>
  Number(/[\d,]+(?:\.\d+)?/.exec(cell ?? '')?.[0].replaceAll(',', ''))

const hour = resultOf('hour')
const hourOf = (name: string, metric: string): number =>
  hour.rows.find((row) => row.case === name && row.metric === metric)?.value ?? Number.NaN

describe('what docs/scale.md says a shopper costs', () => {
  it.each([
    ['one page, live and looked at', 'live'],
    ['one page, live and hidden', 'live-hidden'],
    ['five tabs, live, one looked at', 'live-five-tabs'],
    ['one page, polling and looked at', 'polling'],
    ['one page, polling and hidden', 'polling-hidden'],
    ['five tabs, polling, one looked at', 'polling-five-tabs'],
    ['Echo and pusher-js alone, one page', 'echo'],
    ['Echo and pusher-js alone, five tabs', 'echo-five-tabs'],
  ])('%s: is what was measured', (start, name) => {
    const [sockets, checks, kilobytes, bytes] = line(start)
    expect(number(sockets)).toBe(hourOf(name, 'sockets'))
    expect(checks === 'none' ? 0 : number(checks)).toBe(hourOf(name, 'checks'))
    expect(number(kilobytes)).toBe(Math.round(hourOf(name, 'kilobytes') * 10) / 10)
    expect(number(bytes)).toBe(Math.round(hourOf(name, 'bytes-of-a-change')))
    expect([hourOf(name, 'reconnects'), hourOf(name, 'authorisations')]).toEqual([0, 0])
  })
})

describe('what docs/scale.md reckons', () => {
  const perSecond = (perHour: number, carts: number): number => Math.round((perHour * carts) / 3_600)

  it.each([
    [1, 10_000],
    [2, 1_000_000],
  ])('of requests and bytes, follows from the hour: column %i', (column, carts) => {
    const [live, polling] = [line('checks'), line('**polling:** checks')]
    expect(number(live[column])).toBe(perSecond(hourOf('live', 'checks'), carts))
    expect(number(line('pings')[column])).toBe(Math.round(carts / 30))
    expect(number(polling[column])).toBe(perSecond(hourOf('polling', 'checks'), carts))
    const slower = line('polling every 2 min (`poll.interval_ms` 120,000)')
    expect(number(slower[column])).toBe(perSecond(hourOf('polling', 'checks') / 4, carts))
  })

  it('of a restart and a click, takes what the ten thousand pages did', () => {
    const found = resultOf('stampede').rows.filter(({ system }) => system === 'cart-echo')
    const of = (name: string, metric: string): number =>
      found.find((row) => row.case === name && row.metric === metric)?.value ?? Number.NaN
    const checks = of('reverb-restart', 'peak-checks-per-second')
    expect(scale).toContain(`${checks.toLocaleString('en')} checks in the fullest second`)
    expect(scale).toContain(`${(100 * checks).toLocaleString('en')} checks in a second`)
    expect(number(line('in the fullest second')[0])).toBe(of('admin-click', 'peak-refreshes-per-second'))
    expect(scale).toContain(
      `10,000 pages read ${of('admin-click-default', 'peak-refreshes-per-second').toLocaleString('en')} carts`,
    )
  })
})
