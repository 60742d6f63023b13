#!/usr/bin/env bash
# svelte/store of Svelte 5.57.3 (as of 3.48 and 4.2): one subscriber that throws once silences every store of the page, for ever. Stores share one queue, which is emptied after its last subscriber was called; after a throw it never is,
# and whoever finds it filled thinks that another is at work on it. A function given to `derived` is such a subscriber: one that reads the last of a list that is empty for a moment is enough. Nothing tells of it: values are set,
# `get()` and new subscribers find them, so that what is looked at is right, and only what is on the screen stands still, the stores of other libraries with it. Its documents (https://svelte.dev/docs/svelte/svelte-store) say nothing
# of what a subscriber may throw. Told in sveltejs/svelte#7618 (closed) and #11555 (open since 2024); nanostores 1.5.5, made alike, calls the others all the same (nanostores/nanostores#417).
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts svelte@5.57.3 nanostores@1.5.5 > /dev/null
cat > run.mjs <<'JS'
import { atom, computed } from 'nanostores'
import { derived, get, writable } from 'svelte/store'

const last = (list) => list.at(-1).toString()
const see = (name, store, from, read) => {
  const list = store([1])
  const other = store(1)
  from(list, last).subscribe(() => {})
  const told = []
  other.subscribe((value) => told.push(value))
  let thrown = 'nothing'
  try {
    list.set([])
  } catch (error) {
    thrown = error.name
  }
  list.set([2])
  for (const value of [2, 3]) other.set(value)
  console.log(`${name}: thrown ${thrown}; another store: told ${told.join(' ')}, has ${read(other)}`)
}
see('nanostores', atom, computed, (store) => store.get())
see('Svelte', writable, derived, get)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "nanostores: thrown TypeError; another store: told 1 2 3, has 3
Svelte: thrown TypeError; another store: told 1, has 3" ]
