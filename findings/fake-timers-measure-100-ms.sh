#!/usr/bin/env bash
# While @sinonjs/fake-timers 15.5.0 holds the time, as `vi.useFakeTimers()` of vitest 4.1.12 does by default, every performance.measure() lasts 100 ms and every performance.mark() is at 0, whatever the clock was moved by; neither is
# kept for getEntries(). performance.now() does follow. They were added as stand-ins, for there had been nothing to read (sinonjs/fake-timers#493, #499): a test that holds a measure to a time passes or fails
# by that 100.
# Seen: "fake-timers: 7000 ms by now(), measured 100, marked at 0, entries 0", "vitest: 7000 ms by now(), measured 100, marked at 0, entries 0".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund @sinonjs/fake-timers@15.5.0 vitest@4.1.12 > /dev/null
cat > see.mjs <<'JS'
export const see = (advance) => {
  performance.mark('begin')
  const startMs = performance.now()
  advance(7_000)
  const { startTime } = performance.mark('end')
  const { duration } = performance.measure('all', 'begin', 'end')
  return `${performance.now() - startMs} ms by now(), measured ${duration}, marked at ${startTime}, entries ${performance.getEntriesByName('all').length}`
}
JS
cat > run.mjs <<'JS'
import FakeTimers from '@sinonjs/fake-timers'
import { see } from './see.mjs'

const clock = FakeTimers.install()
console.log(`fake-timers: ${see((ms) => clock.tick(ms))}`)
JS
cat > see.test.mjs <<'JS'
import { writeFileSync } from 'node:fs'
import { test, vi } from 'vitest'
import { see } from './see.mjs'

test('a measure', () => {
  vi.useFakeTimers()
  writeFileSync('seen', `vitest: ${see((ms) => vi.advanceTimersByTime(ms))}`)
})
JS
npx vitest run > log 2>&1 || cat log
seen=$(node run.mjs && cat seen)
echo "$seen"
[ "$seen" = "fake-timers: 7000 ms by now(), measured 100, marked at 0, entries 0
vitest: 7000 ms by now(), measured 100, marked at 0, entries 0" ]
