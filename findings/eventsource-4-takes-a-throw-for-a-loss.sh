#!/usr/bin/env bash
# eventsource 4.1.1 (the last for Node 20, and as 3.0.7 did): what one’s `onmessage` throws counts as a lost connection. It is hung up, what has come already is dropped, and it connects anew. Nobody
# is told but `onerror`, by an event with the words of the exception: no uncaughtException. Where the server has no replay the rest is gone; where it has, it is asked for what comes after the message that was not dealt with.
# A listener added by addEventListener that throws does none of that. In 5.0.0 and 5.1.5 (for Node 22, run here on 20) the exception is an uncaught one, and all is told, as by the standard
# (https://html.spec.whatwg.org/multipage/webappapis.html#report-an-exception).
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund eventsource-4@npm:eventsource@4.1.1 eventsource-5@npm:eventsource@5.1.5 > /dev/null
cat > run.mjs <<'JS'
import { createServer } from 'node:http'
import { EventSource as Four } from 'eventsource-4'
import { EventSource as Five } from 'eventsource-5'

// The first connection is told of three changes, later ones of none.
let connections = []
const server = createServer(({ headers }, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' })
  response.write(connections.length > 0 ? ': nothing new\n\n' : 'retry: 100\n\nid: 1\ndata: 1\n\nid: 2\ndata: 2\n\nid: 3\ndata: 3\n\n')
  connections.push(headers['last-event-id'] ?? 'the first')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
let uncaught = []
process.on('uncaughtException', ({ message }) => uncaught.push(message))

const see = async (name, EventSource, listen) => {
  connections = []
  uncaught = []
  const told = []
  const errors = []
  const source = new EventSource(`http://127.0.0.1:${server.address().port}/`)
  listen(source, ({ data }) => {
    told.push(data)
    if (data === '1') throw new Error('no such row')
  })
  source.addEventListener('error', ({ message }) => errors.push(message))
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  source.close()
  console.log(`${name}: told ${told.join(' ')}; connected after: ${connections.join(', ')}; error: ${errors.join() || 'none'}; uncaught: ${uncaught.join() || 'none'}`)
}
const byProperty = (source, listener) => {
  source.onmessage = listener
}
await see('4.1.1 onmessage', Four, byProperty)
await see('4.1.1 addEventListener', Four, (source, listener) => source.addEventListener('message', listener))
await see('5.1.5 onmessage', Five, byProperty)
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "4.1.1 onmessage: told 1; connected after: the first, 1; error: no such row; uncaught: none
4.1.1 addEventListener: told 1 2 3; connected after: the first; error: none; uncaught: no such row
5.1.5 onmessage: told 1 2 3; connected after: the first; error: none; uncaught: no such row" ]
