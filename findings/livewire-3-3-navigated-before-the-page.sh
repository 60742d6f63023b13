#!/usr/bin/env bash
# The script of Livewire 3.3 (npm's adonisjs-livewire 0.1.21) says `livewire:navigated` while the address is still that of the page before, and before one component of the new page is made: who reads
# `location` or looks for components there gets the last page's address, and none. (In the scripts of 3.5.0, 3.8.5 and 4.4.1 both are the new page's by then.) And a link with a query string is fetched
# ahead without it: pressing a wire:navigate link to `/second?page=2` asks for `/second`, throws the answer away, and asks for `/second?page=2` when it is released.
# Seen: "navigated at /first with none, then /second with second" and "asked for /second, /second?page=2".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
# Its peers are the whole of Adonis: the script needs none of them.
npm install --silent --no-audit --no-fund --legacy-peer-deps --ignore-scripts adonisjs-livewire@0.1.21 happy-dom@21.0.4 > /dev/null
cat > run.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { Window } from 'happy-dom'

const script = readFileSync('node_modules/adonisjs-livewire/build/assets/livewire.js', 'utf8')
const pageOf = (name) => {
  const snapshot = JSON.stringify({ data: {}, memo: { id: name, name, children: {} } })
  return `<!doctype html><html><head></head><body>
    <div wire:id="${name}" wire:snapshot='${snapshot}' wire:effects="{}"></div><a href="/second?page=2" wire:navigate>next</a></body></html>`
}
const settings = { enableJavaScriptEvaluation: true, suppressInsecureJavaScriptEnvironmentWarning: true }
const window = new Window({ url: 'http://127.0.0.1/first', settings })
const { document } = window
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const where = () => `${window.location.pathname} with ${window.Livewire.all().map(({ name }) => name).join() || 'none'}`

const asked = []
window.fetch = async (url) => {
  asked.push(String(url))
  return { text: async () => pageOf('second') }
}
document.write(pageOf('first'))
window.livewireScriptConfig = {}
window.eval(script)
window.Livewire.start()
await pause(50)

const said = []
document.addEventListener('livewire:navigated', () => said.push(`navigated at ${where()}`))
const link = document.querySelector('a')
for (const name of ['mousedown', 'mouseup']) {
  link.dispatchEvent(new window.MouseEvent(name, { bubbles: true }))
  await pause(100)
}
console.log(`${said.join()}, then ${where()}`)
console.log(`asked for ${asked.join(', ')}`)
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "navigated at /first with none, then /second with second
asked for /second, /second?page=2" ]
