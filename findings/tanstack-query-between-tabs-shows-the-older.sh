#!/usr/bin/env bash
# @tanstack/query-broadcast-client-experimental 5.104.0 with query-core 5.108.4: what another tab has read takes this tab's own reading off the books. The other tab's whole state is put in place of one's own, `fetchStatus: 'idle'`
# with it, while the request is still on its way. `isFetching` is false then, and the next `invalidateQueries` finds nothing to cancel, though it cancels by default (`cancelRefetch`,
# https://tanstack.com/query/latest/docs/reference/QueryClient#queryclientinvalidatequeries). Both requests come home, in whatever order: where the first is the slower one, its old answer is put over the new one, counts as fresh,
# and is told to all other tabs, too. One tab alone cancels the first and ends with the new one. It takes two changes in a row and one slow answer. Its documents call it experimental, and say no more than that
# tabs are kept in sync.
# (In Node, by its own BroadcastChannel: two clients for two tabs.)
# Seen: as below.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tanstack/query-core@5.108.4 @tanstack/query-broadcast-client-experimental@5.104.0 > /dev/null
cat > run.mjs <<'JS'
import { broadcastQueryClient } from '@tanstack/query-broadcast-client-experimental'
import { QueryClient, QueryObserver } from '@tanstack/query-core'

const pause = () => new Promise((resolve) => setTimeout(resolve, 100))
const queryKey = ['cart']
const see = async (name, isBroadcast) => {
  let cart = 'the first'
  const openTab = () => {
    const client = new QueryClient()
    if (isBroadcast) broadcastQueryClient({ queryClient: client, broadcastChannel: name, options: { type: 'native' } })
    // Each request carries what the cart was when it was asked, and is answered when the test says so.
    const answers = []
    const queryFn = () => new Promise((resolve) => answers.push(resolve.bind(null, cart)))
    const observer = new QueryObserver(client, { queryKey, queryFn, staleTime: Number.POSITIVE_INFINITY })
    observer.subscribe(() => {})
    const answer = async (index) => {
      answers[index]()
      await pause()
    }
    return { invalidate: () => void client.invalidateQueries({ queryKey }), answer, result: () => observer.getCurrentResult() }
  }
  const tab = openTab()
  const other = openTab()
  await tab.answer(0)
  await other.answer(0)

  cart = 'the second'
  tab.invalidate()
  other.invalidate()
  await other.answer(1)
  const wasFetching = tab.result().isFetching
  cart = 'the third'
  tab.invalidate()
  await tab.answer(2)
  const between = tab.result().data
  await tab.answer(1)
  const { data, isStale } = tab.result()
  console.log(`${name}: isFetching ${wasFetching}; shows ${between}, then ${data}, stale: ${isStale}; the other tab ${other.result().data}`)
}
await see('alone', false)
await see('broadcast', true)
process.exit(0)
JS
seen=$(node run.mjs)
echo "$seen"
[ "$seen" = "alone: isFetching true; shows the third, then the third, stale: false; the other tab the second
broadcast: isFetching false; shows the third, then the second, stale: false; the other tab the second" ]
