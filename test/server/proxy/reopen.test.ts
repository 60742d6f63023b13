import { expect, it } from 'vitest'
import { openLine, through } from './support/line'

// Node says nothing of a server that is closed between its call of listen() and the answer to it.
const MOMENTS = [0, 1, 2, 3, 4, 5]

/** So many turns for promises after it began to open its port again. */
const openingAfter = async (turns: number) => {
  const { proxy, ...line } = await openLine()
  const opening = proxy.set({ kind: 'refuse' })()
  for (let turn = 0; turn < turns; turn += 1) await null
  return { ...line, proxy, opened: () => opening }
}

it.each(MOMENTS)('closed %d turns after its port began to open: who waits for that waits no longer', async (turns) => {
  const { proxy, opened } = await openingAfter(turns)
  const ended = await Promise.all([opened(), proxy.close()])
  expect(ended).toHaveLength(2)
})

it.each(MOMENTS)(
  'refused again %d turns after its port began to open: it comes back when that is lifted',
  async (turns) => {
    const line = await openingAfter(turns)
    const again = line.proxy.set({ kind: 'refuse' })
    await line.opened()
    await again()
    const { client, target } = await through(line)
    await client.say('there')
    await target.hears('there')
  },
)
