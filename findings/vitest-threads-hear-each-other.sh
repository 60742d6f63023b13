#!/usr/bin/env bash
# vitest 4.1.12 (the last for Node 20) isolates test files, and with `pool: 'threads'` or `'vmThreads'` two that run at the same time hear each other's BroadcastChannel: they are threads of one process, and Node's
# channels reach every thread of it. Code that keeps tabs in step by one (a log-out, a cache, who leads) then does in one file what another has said. With jsdom, too, which has none of its own and
# leaves Node's in place. In `'forks'`, the default, they do not.
# Seen: "forks: one heard one; two heard two", "threads: one heard one, two; two heard one, two" and "vmThreads: one heard one, two; two heard one, two".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund vitest@4.1.12 jsdom@27.4.0 > /dev/null
for name in one two; do
  cat > $name.test.mjs <<JS
// @vitest-environment jsdom
import { existsSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
test('hears what is said on the channel', async () => {
  const listening = new BroadcastChannel('tabs')
  const heard = new Set()
  listening.onmessage = ({ data }) => heard.add(data)
  writeFileSync('$name.listens', '')
  while (!(existsSync('one.listens') && existsSync('two.listens'))) await pause(20)
  const speaking = new BroadcastChannel('tabs')
  speaking.postMessage('$name')
  await pause(1_000)
  writeFileSync('$name.heard', [...heard].sort().join(', '))
  listening.close()
  speaking.close()
  expect(document.title).toBe('')
}, 30_000)
JS
done
seen=$(for pool in forks threads vmThreads; do
  rm -f ./*.listens ./*.heard
  npx vitest run --pool=$pool --maxWorkers=2 > log 2>&1 || cat log
  echo "$pool: one heard $(cat one.heard); two heard $(cat two.heard)"
done)
echo "$seen"
[ "$seen" = "forks: one heard one; two heard two
threads: one heard one, two; two heard one, two
vmThreads: one heard one, two; two heard one, two" ]
