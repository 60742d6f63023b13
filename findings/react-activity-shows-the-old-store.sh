#!/usr/bin/env bash
# React 19.3.1 (and 19.2.0, the first that has it): what `<Activity>` shows again is first put in the page as it was when it was hidden, though a store that it reads by `useSyncExternalStore` has changed since. While it is
# hidden it is not subscribed, so nothing renders it; when it is shown, its children are not rendered either where they are the same element as before (a layout's `children`, `memo`, what React Compiler keeps): its
# layout effects run with the old value in the page, a browser may paint that (Chromium 156 did, for a frame), and only then the store is read again. What mounts anew reads the new value at once. The reference of
# `<Activity>` (https://react.dev/reference/react/Activity) says that state is restored and effects are made anew, and has no word of stores, which `useSyncExternalStore` is there to show without tearing.
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts react@19.3.1 react-dom@19.3.1 happy-dom@21.0.4 > /dev/null
cat > run.mjs <<'JS'
import { Window } from 'happy-dom'

const window = new Window({ url: 'http://127.0.0.1/' })
for (const name of ['window', 'document', 'navigator', 'Node', 'Event', 'HTMLElement']) {
  Object.defineProperty(globalThis, name, { value: name === 'window' ? window : window[name], configurable: true, writable: true })
}
const { Activity, createElement, useLayoutEffect, useState, useSyncExternalStore } = await import('react')
const { createRoot } = await import('react-dom/client')
const pause = () => new Promise((resolve) => setTimeout(resolve, 100))

let value = 'old'
const listeners = new Set()
const subscribe = (listener) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
const change = (to) => {
  value = to
  for (const listener of [...listeners]) listener()
}
const seen = []
const Total = () => {
  const total = useSyncExternalStore(subscribe, () => value)
  useLayoutEffect(() => {
    seen.push(`layout effect reads ${document.querySelector('p').textContent}`)
  }, [])
  return createElement('p', null, total)
}
let show
const Page = ({ children }) => {
  const [mode, setMode] = useState('visible')
  show = setMode
  return mode === 'away' ? null : createElement(Activity, { mode }, children)
}
const root = document.body.appendChild(document.createElement('div'))
createRoot(root).render(createElement(Page, null, createElement(Total)))
await pause()

show('hidden')
await pause()
change('new')
await pause()
const before = `hidden with ${root.textContent}, the store has ${value}`
seen.length = 0
const watch = new window.MutationObserver((changes) => {
  for (const { type, target } of changes) seen.push(type === 'attributes' ? 'shown' : `then ${target.textContent}`)
})
watch.observe(root, { subtree: true, childList: true, characterData: true, attributes: true })
show('visible')
await pause()
watch.disconnect()
console.log(`${before}: ${seen.splice(0).join(', ')}`)

show('away')
await pause()
change('newer')
show('visible')
await pause()
console.log(`mounted anew: ${seen.join(', ')}`)
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "hidden with old, the store has new: layout effect reads old, shown, then new
mounted anew: layout effect reads newer" ]
