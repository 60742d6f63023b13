import type { CartConditionsChanged, ChangeMeta } from 'cart-echo'
import { byId } from './elements'

/** Says in words what changed. */
export const showNotice = ({ message, changes }: CartConditionsChanged): void => {
  if (message === null) return
  const detail = `${whatChanged(changes)} ${changes.new_total ? `Your new total is ${changes.new_total}.` : ''}`.trim()
  byId('notice-message').textContent = message
  byId('notice-detail').textContent = detail
  byId('announcer').textContent = `${message}. ${detail}`
  byId('notice').hidden = false
}

/** Writes down what was heard, how, and when the browser had painted it. */
export const noteHeard = (
  { changes, message }: CartConditionsChanged,
  { key, via, receivedAtMs }: ChangeMeta<'cart.conditions.changed'>,
): void => {
  const item = document.createElement('li')
  Object.assign(item.dataset, { key, via, heardAtMs: String(receivedAtMs) })
  const what = whatChanged(changes) || message || 'The cart changed.'
  item.textContent = `${new Date(receivedAtMs).toLocaleTimeString()}: ${what}${via === 'check' ? ' (found by asking)' : ''}`
  byId('heard').prepend(item)
  byId('nothing-heard').hidden = true
  requestAnimationFrame(() => setTimeout(() => (item.dataset.shownAtMs = String(Date.now()))))
}

/** Another customer looks at the page: what was told is none of their business. */
export const forgetNews = (): void => {
  byId('notice').hidden = true
  byId('announcer').textContent = ''
  byId('heard').replaceChildren()
  byId('nothing-heard').hidden = false
}

const whatChanged = ({ condition_removed, conditions }: CartConditionsChanged['changes']): string => {
  if (condition_removed) return `${condition_removed} has ended.`
  const [first] = conditions ?? []
  return first ? `${first.display_name} was ${first.action}.` : ''
}
