import type { LogBook, ShopperId } from './log-book'
import type { PageReport } from './page/page'

/** What is wrong with what a page was told, at any time: each place once, in order, none left out, none that was not due. Empty: nothing. */
export const wrongsOfTold = (book: LogBook, shopper: ShopperId, { from, told }: PageReport): readonly string[] => {
  const due = book.dueAfter(shopper, from)
  if (due === null) return [`it stood at ${from}, which is of another log`]
  const wrong = told.findIndex((key, index) => key !== due[index])
  if (wrong < 0) return []
  const key = told[wrong] as string
  const fate =
    told.indexOf(key) < wrong
      ? 'twice'
      : due.includes(key)
        ? 'out of order, or something before it was lost'
        : 'and was not due'
  return [`${key} was told ${fate}; due was ${due[wrong] ?? 'nothing'}`]
}

/** What is still wrong with a page although all has been well for a while. Empty: it is as it must be. */
export const wrongsAtRest = (book: LogBook, shopper: ShopperId, page: PageReport): readonly string[] => {
  const due = book.dueAfter(shopper, page.from) ?? []
  const wrongs = [...wrongsOfTold(book, shopper, page)]
  if (page.told.length < due.length) wrongs.push(`lost: ${due.slice(page.told.length).join(', ')}`)
  if (page.total !== book.total(shopper)) wrongs.push(`it shows ${page.total}, and the cart is ${book.total(shopper)}`)
  if (Number(page.shownAt?.split(':')[1] ?? -1) < book.lastOurs(shopper))
    wrongs.push(`it shows the cart of ${page.shownAt}, and the last change is ${book.lastOurs(shopper)}`)
  if (page.isStale) wrongs.push('it is stale')
  if (!page.connection.startsWith('live')) wrongs.push(`it is ${page.connection}`)
  return wrongs
}

/** What a page threw, or a listener of it. Empty: nothing. */
export const thrownBy = ({ errors, thrown }: PageReport): readonly string[] => [
  ...thrown.map((words) => `it threw: ${words}`),
  ...errors.filter((words) => words.startsWith('listener-failed')).map((words) => `it reported ${words}`),
]
