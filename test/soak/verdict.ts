import type { PageReport } from './page/page'

/** What the model says of one shopper. */
export interface Truth {
  /** The places after this cursor that a page is told of, in order; null for a cursor of another log. */
  readonly dueAfter: (cursor: string) => readonly string[] | null
  /** The last place that pages are told of; 0 before there is one. */
  readonly lastOurs: number
  readonly total: string
}

/** Whoever is further behind may be told to reset, and reads the cart instead. */
const MOST_BEHIND = 500

/** The places that a page is told of: all after its cursor, but for those that a reset passed over by right. */
const dueOf = ({ dueAfter }: Truth, { from, told, resets }: PageReport): readonly string[] => {
  const ranges = resets.map(({ after, to }) => [seqOf(told[after - 1] ?? from), seqOf(to)] as const)
  const passed = ranges.filter(([behind, to]) => to - behind > MOST_BEHIND)
  const isDue = (key: string): boolean => !passed.some(([behind, to]) => seqOf(key) > behind && seqOf(key) <= to)
  return (dueAfter(from) ?? []).filter(isDue)
}

const seqOf = (place: string): number => Number(place.split(':')[1])

/** What is wrong with what a page was told, at any time: each place once, in order, none left out, none that was not due. Empty: nothing. */
export const wrongsOfTold = (truth: Truth, page: PageReport): readonly string[] => {
  const { from, told } = page
  if (truth.dueAfter(from) === null) return [`it stood at ${from}, which is of another log`]
  const due = dueOf(truth, page)
  const wrong = told.findIndex((key, index) => key !== due[index])
  if (wrong < 0) return []
  const key = told[wrong] as string
  const isDue = due.includes(key) ? 'out of order, or something before it was lost' : 'and was not due'
  return [`${key} was told ${told.indexOf(key) < wrong ? 'twice' : isDue}; next was ${due[wrong] ?? 'nothing'}`]
}

/** What is still wrong with a page although all has been well for a while. Empty: it is as it must be. */
export const wrongsAtRest = (truth: Truth, page: PageReport): readonly string[] => {
  const { told, total, shownAt, isStale, connection } = page
  const lost = dueOf(truth, page).slice(told.length)
  return [
    ...wrongsOfTold(truth, page),
    ...(lost.length > 0 ? [`lost: ${lost.length}, the first of them ${lost.slice(0, 5).join(', ')}`] : []),
    ...(total === truth.total ? [] : [`it shows ${total}, and the cart is ${truth.total}`]),
    ...(seqOf(shownAt ?? '') >= truth.lastOurs ? [] : [`it shows the cart of ${shownAt}; ${truth.lastOurs} is newer`]),
    ...(isStale ? ['it is stale'] : []),
    ...(connection.startsWith('live') ? [] : [`it is ${connection}`]),
  ]
}

/** What a page threw, or a listener of it. Empty: nothing. */
export const thrownBy = ({ errors, thrown }: PageReport): readonly string[] => [
  ...thrown.map((words) => `it threw: ${words}`),
  ...errors.filter((words) => words.startsWith('listener-failed')).map((words) => `it reported ${words}`),
]
