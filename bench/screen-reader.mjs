// node bench/screen-reader.mjs [chromium|firefox] [SCENE …]
//
// What a real screen reader says of the notice: Orca, on a screen of its own; what it would have spoken is read from its log. By hand: docs/screen-readers.md says
// what it needs, and what was said.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../', import.meta.url))
const self = fileURLToPath(import.meta.url)
const words = process.argv.slice(2)
const browsers = ['chromium', 'firefox'].filter((name) => words.includes(name))

// One after another: what the page does, how many seconds pass, what is pressed.
const SCENES = {
  'a change, with the focus on a button': 'hear(1) 8',
  'five changes, 0.8 s apart': 'hear(1) 0.8 hear(2) 0.8 hear(3) 0.8 hear(4) 0.8 hear(5) 14',
  'the same words twice, while the first are open': 'brief() same() 8 same() 8',
  'a dialog opened by keyboard, no change at all': 'Tab 1 Return 3',
  'the same page without cart-echo': 'silence() Tab 1 Return 3',
  'a change, then a dialog opened by keyboard': 'hear(1) 8 Tab 1 Return 5',
  'a change, and a dialog opened by keyboard while it is read out': 'hear(1) 1 Tab 0.5 Return 8',
  'a change in an open dialog; Dismiss by keyboard': 'Tab 1 Return 3 hear(1) 8 Tab 1 Tab 1 Return 3',
  'an open notice, the tab looked at again': 'hear(1) 8 ctrl+t 3 ctrl+w 4',
  'found by heading and button': 'hear(1) 8 blur() ctrl+Home 2 h 2 h 2 b 2 b 2 b 2',
  'the end of the page, nothing to say': 'blur() ctrl+End 3 Down 2 Down 2',
  'Dismiss in browse mode, nothing focused before':
    'blur() ctrl+Home 2 Down 2 Down 2 hear(1) 8 h 2 Down 2 Down 2 Down 2 Down 2 Return 3 Down 3 Up 3',
}

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cart page</title></head><body>
<h1>Your cart</h1><p>One teapot.</p><p>Two cups.</p><button id="pay" autofocus>Pay</button><button id="open">Delivery</button><p>The footer.</p>
<dialog aria-labelledby="title"><h2 id="title">Delivery address</h2><input aria-label="Street"><button id="save">Save</button></dialog>
<script src="/page.js"></script></body></html>`

const SCRIPT = `
import { showNotices } from './src/notice/notice'
const listeners = new Set()
let unread = []
const tell = () => { for (const run of listeners) run() }
const cart = {
  news: { get: () => ({ unread }), subscribe: (run) => (listeners.add(run), () => listeners.delete(run)) },
  connection: { get: () => ({ name: 'live', sinceMs: 0 }), subscribe: () => () => {} },
  check: async () => ({ owner: 'mine' }),
  dismiss: () => { unread = []; tell() },
}
const add = (message, key, total) => {
  unread = [...unread, { event: 'x', change: { message, changes: { condition_removed: 'Raya Sale', new_total: total } }, meta: { key, receivedAtMs: Date.now() } }]
  tell()
}
let stop = showNotices(cart)
let same = 0
Object.assign(window, {
  hear: (seq) => add('Your cart was updated ' + seq, 'e:' + seq, 'RM12' + seq + '.00'),
  same: () => add('Your cart was updated', 'e:' + ++same, 'RM120.00'),
  brief: () => { stop(); stop = showNotices(cart, { messages: { more: '' } }) },
  silence: () => stop(),
  blur: () => document.activeElement.blur(),
})
document.querySelector('#open').onclick = () => document.querySelector('dialog').showModal()
const work = async () => { for (;;) (0, eval)(await (await fetch('/step')).text()) }
work()
`

// A bus of its own: Orca speaks of whatever is on it.
if (!process.env.CART_ECHO_SCREEN_READER) {
  const home = mkdtempSync(join(tmpdir(), 'cart-echo-orca-'))
  const display = `:${90 + (process.pid % 100)}`
  const screen = spawn('Xvfb', [display, '-screen', '0', '1280x900x24'], { stdio: 'ignore' })
  await pause(1_000)
  const env = {
    ...process.env,
    HOME: home,
    DISPLAY: display,
    CART_ECHO_SCREEN_READER: home,
  }
  const { status } = spawnSync('dbus-run-session', ['--', process.execPath, self, ...words], {
    env,
    stdio: ['ignore', 'inherit', 'ignore'],
  })
  screen.kill()
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 })
  process.exit(status ?? 1)
}

const home = process.env.CART_ECHO_SCREEN_READER
const log = join(home, 'orca.out')
const run = (command, args) => spawn(command, args, { stdio: 'ignore' })
const printed = (command, args) => spawnSync(command, args, { encoding: 'utf8' }).stdout?.trim().split('\n').at(-1)

/** The time of day as Orca writes it down beside each utterance. */
const timeOfDay = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(11, 23)

const { outputFiles } = await build({
  stdin: { contents: SCRIPT, resolveDir: root },
  bundle: true,
  format: 'iife',
  write: false,
})
let waiting = null
const server = createServer((request, response) => {
  if (request.url === '/step') waiting = response
  else
    response
      .setHeader('Content-Type', request.url === '/page.js' ? 'text/javascript' : 'text/html')
      .end(request.url === '/page.js' ? outputFiles[0].text : PAGE)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = `http://127.0.0.1:${server.address().port}/`

const step = async (what) => {
  if (!Number.isNaN(Number(what))) return pause(Number(what) * 1_000)
  if (!what.endsWith(')')) return spawnSync('xdotool', ['key', '--clearmodifiers', what])
  while (!waiting) await pause(50)
  const response = waiting
  waiting = null
  response.end(what)
}

const OPEN = {
  chromium: (profile) =>
    run('chromium', [
      '--no-sandbox',
      '--force-renderer-accessibility',
      '--no-first-run',
      `--user-data-dir=${profile}`,
      '--window-size=1200,800',
      address,
    ]),
  firefox: (profile) => run('firefox-esr', ['--profile', profile, '--no-remote', address]),
}

const helpers = [run('openbox', []), run('/usr/libexec/at-spi-bus-launcher', ['--launch-immediately'])]
await pause(1_000)
spawnSync('gsettings', ['set', 'org.gnome.desktop.interface', 'toolkit-accessibility', 'true'])
const orca = run('orca', ['--debug', `--debug-file=${log}`])
// Its log comes in pieces, so it is read at the end.
await pause(5_000)

const scenes = []
for (const name of browsers.length > 0 ? browsers : Object.keys(OPEN)) {
  scenes.push({ title: `\n${printed(name === 'firefox' ? 'firefox-esr' : name, ['--version'])}` })
  for (const [scene, steps] of Object.entries(SCENES)) {
    const asked = words.filter((word) => !(word in OPEN))
    if (asked.length > 0 && !asked.some((word) => scene.includes(word))) continue
    waiting = null
    const profile = mkdtempSync(join(tmpdir(), 'cart-echo-profile-'))
    const browser = OPEN[name](profile)
    while (!waiting) await pause(200)
    // Until it has said what page this is.
    await pause(6_000)
    const from = timeOfDay()
    for (const what of steps.split(' ')) await step(what)
    scenes.push({ title: `\n  ${scene}`, from, to: timeOfDay() })
    browser.kill()
    await pause(1_500)
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 })
  }
}
orca.kill()
await pause(2_000)
orca.kill('SIGKILL')
for (const helper of helpers) helper.kill()
await pause(500)
server.close()

console.log(`Orca ${printed('orca', ['--version'])}`)
const said = [...readFileSync(log, 'utf8').matchAll(/^(\S+) - SPEECH OUTPUT: '(.*?)'(?:$|\{)/gm)]
for (const { title, from, to } of scenes) {
  console.log(title)
  for (const [, at, text] of said) if (at >= from && at <= to) console.log(`    ${at.slice(0, 12)}  ${text}`)
}
process.exit()
