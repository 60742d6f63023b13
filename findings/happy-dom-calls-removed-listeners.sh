#!/usr/bin/env bash
# happy-dom 21.0.4: a listener that is taken away while an event is under way, by one that was called before it, is called all the same, whether by removeEventListener (so since 14.12.3 at least) or by its `signal`. And one that
# is added with a signal that had been aborted is added. So what a component lets go of in a click still runs once, on what is gone. By the standard it does not
# (https://dom.spec.whatwg.org/#event-listener-removed, and "add an event listener", step 2); nor in jsdom 27.4.0, nor by Node's own EventTarget.
# Seen: "happy-dom: called all the same: removed, aborted, added too late", "jsdom: called all the same: none" and "Node: called all the same: none".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund happy-dom@21.0.4 jsdom@27.4.0 > /dev/null
cat > run.mjs <<'JS'
import { Window } from 'happy-dom'
import { JSDOM } from 'jsdom'

const see = (name, { AbortController, Event }, target) => {
  const called = []
  const note = (what) => () => called.push(what)
  const removed = note('removed')
  const until = new AbortController()
  const over = new AbortController()
  over.abort()
  target.addEventListener('changed', () => {
    target.removeEventListener('changed', removed)
    until.abort()
  })
  target.addEventListener('changed', removed)
  target.addEventListener('changed', note('aborted'), { signal: until.signal })
  target.addEventListener('changed', note('added too late'), { signal: over.signal })
  target.dispatchEvent(new Event('changed'))
  console.log(`${name}: called all the same: ${called.join(', ') || 'none'}`)
}
const happy = new Window()
const { window } = new JSDOM()
see('happy-dom', happy, happy.document)
see('jsdom', window, window.document)
see('Node', globalThis, new EventTarget())
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "happy-dom: called all the same: removed, aborted, added too late
jsdom: called all the same: none
Node: called all the same: none" ]
