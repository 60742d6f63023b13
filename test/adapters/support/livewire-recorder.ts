/**
 * For the first script of a page: writes down in `said` what its Livewire tells and asks, in that order, each with what the page shows by then. `quiet()` resolves when
 * nothing is under way any more.
 */
export const RECORDER = `
window.said = []
let underWay = 0
const shown = () => [...document.querySelectorAll('[data-shown]')].map((el) => el.textContent).join()
const note = (...words) => void said.push([...words, '(' + shown() + ')'].join(' '))
const names = () => Livewire.all().map(({ name }) => name).join()
const nameOf = ({ component }) => component.name
const callOf = ({ method, params }) => [method, ...params]

const { fetch: ask } = window
window.fetch = async (url, options) => {
  underWay += 1
  const { pathname } = new URL(url, location.href)
  if (options?.body) {
    const { _token, components } = JSON.parse(options.body)
    const asked = components.map(({ snapshot, updates, calls }) => JSON.parse(snapshot).memo.name + ' ' + JSON.stringify([updates, calls.map(callOf)]))
    note('asks', asked.join(' | '), _token ? 'with token' : 'without token', Object.keys(options.headers).sort())
  } else note('fetches', pathname)
  try {
    const answer = await ask(url, options)
    await answer.clone().arrayBuffer()
    return answer
  } finally {
    underWay -= 1
  }
}
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
window.later = (ms) => { underWay += 1; pause(ms).then(() => { underWay -= 1 }) }
window.quiet = async () => {
  for (let before = -1; underWay > 0 || before !== said.length; await pause(30)) before = said.length
}
window.watch = (name, promise) => promise.then(() => note(name, 'resolved'), () => note(name, 'rejected'))
window.confirm = (words) => note('asks the shopper', JSON.stringify(words))
for (const name of ['unhandledrejection', 'error']) addEventListener(name, () => note(name))
for (const name of ['livewire:init', 'livewire:initialized', 'livewire:navigating', 'livewire:navigated'])
  document.addEventListener(name, ({ bubbles }) => note(name, location.pathname, names(), bubbles))

document.addEventListener('livewire:init', () => {
  Livewire.hook('component.init', (told) => note('component.init', nameOf(told)))
  Livewire.hook('commit.pooling', ({ commits }) => note('commit.pooling', [...commits].map(nameOf)))
  Livewire.hook('commit.prepare', (told) => note('commit.prepare', nameOf(told)))
  Livewire.hook('commit', ({ component: { name }, commit, succeed, fail, respond }) => {
    note('commit', name, commit.calls.map(({ method }) => method))
    respond(() => note('commit responded', name))
    succeed(() => note('commit succeeded', name))
    fail(() => note('commit failed', name))
  })
  Livewire.hook('request', ({ url, options, payload, respond, succeed, fail }) => {
    note('request', url, options.method, payload === options.body)
    respond(({ status }) => note('responded', status))
    // Whether it shows by then differs from version to version.
    succeed(({ status, json }) => void said.push('succeeded ' + status + ' ' + json.components.length))
    fail(({ status, preventDefault }) => {
      note('failed', status)
      if (window.isPrevented) preventDefault()
    })
  })
})
`
