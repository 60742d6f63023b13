#!/usr/bin/env bash
# `useSWRSubscription` of SWR 2.5.1 (as of 2.1.0, its first), which is for live data. The `next` that a subscription gets writes to whatever key the component that began it has when `next` is called, and not to the key that it is
# for. Where two components share a key and the first goes on to another, as a list does whose row is used for another product, the subscription stays for the second: what it tells of Ann is shown and cached as Bob's, and who still shows
# Ann hears nothing more. And where one component's key changes, from one customer to another, what was under way for the last one (a first reading) is shown as the new one's, though it was unsubscribed. (An error goes to the right
# key.) `useSWR` keeps such an answer for its own key. By the documents (https://swr.vercel.app/docs/subscription) the key "identifies the data being subscribed to", and `next` "updates the state" with them.
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts swr@2.5.1 react@19.3.1 react-dom@19.3.1 jsdom@27.4.0 > /dev/null
cat > run.cjs <<'JS'
const { JSDOM } = require('jsdom')

const { window } = new JSDOM('<main></main>', { url: 'http://127.0.0.1/', pretendToBeVisual: true })
const { document, navigator } = window
Object.assign(globalThis, { window, document, navigator })
const { createElement } = require('react')
const { createRoot } = require('react-dom/client')
const useSWR = require('swr').default
const useSWRSubscription = require('swr/subscription').default

const pause = () => new Promise((resolve) => setTimeout(resolve, 200))
const see = async (name, useIt, steps) => {
  const tell = {}
  const shown = {}
  const Part = ({ place, user }) => {
    const { data } = useIt([name, user], (answer) => {
      tell[user] = answer
    })
    shown[place] = `${user}: ${data ?? 'nothing'}`
    return null
  }
  const root = createRoot(document.querySelector('main'))
  for (const users of steps) {
    root.render(Object.entries(users).map(([place, user]) => createElement(Part, { key: place, place, user })))
    await pause()
  }
  tell.Ann("Ann's cart")
  await pause()
  const places = Object.keys(steps.at(-1)).map((place) => `${place} shows ${shown[place]}`)
  console.log(`${name}: ${places.join('; ')}`)
  root.unmount()
  await pause()
}
const byAnswer = (key, ask) => useSWR(key, () => new Promise(ask))
const bySubscription = (key, ask) =>
  useSWRSubscription(key, (_key, { next }) => {
    ask((data) => next(null, data))
    return () => {}
  })
const SHARED = [{ first: 'Ann', second: 'Ann' }, { first: 'Bob', second: 'Ann' }]
const LATE = [{ first: 'Ann' }, { first: 'Bob' }]
;(async () => {
  await see('useSWR, shared', byAnswer, SHARED)
  await see('useSWRSubscription, shared', bySubscription, SHARED)
  await see('useSWR, late', byAnswer, LATE)
  await see('useSWRSubscription, late', bySubscription, LATE)
  process.exit(0)
})()
JS
seen=$(node run.cjs)
echo "$seen"
[ "$seen" = "useSWR, shared: first shows Bob: nothing; second shows Ann: Ann's cart
useSWRSubscription, shared: first shows Bob: Ann's cart; second shows Ann: nothing
useSWR, late: first shows Bob: nothing
useSWRSubscription, late: first shows Bob: Ann's cart" ]
