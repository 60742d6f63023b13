import { describe, expect, it } from 'vitest'
import type { Reply } from '../../src/engine/transport'
import { answerOf, listeningClient } from '../support/listening-client'
import { at } from '../support/payloads'

// Back: the browser shows the page as it was left, to whoever sits there now.

const bare: Reply = { name: 'bare', answer: { updated: true, message: 'hers', atMs: 0 } }

const visited = (owner: string | null = 'mine') => {
  const page = listeningClient({ canAsk: true, identity: { user: 7, owner, cursor: 'e1:0' } })
  page.client.start()
  page.hear(at(1))
  const doubted = () => page.client.news.get().unconfirmedSinceMs
  const goAway = async () => {
    page.environment.advance(1_000)
    page.environment.signal('left')
    await page.environment.advanceTurnByTurn(60_000)
  }
  const comeBack = () => page.environment.signal('restored')
  /** The page asks anew after Back, and this is what it hears. */
  const answered = (reply: Reply) => page.link().asked.at(-1)?.reply(reply)
  return { ...page, doubted, goAway, comeBack, answered }
}

const named = (): Reply => ({ name: 'log', answer: answerOf('e1:1', 'e1:1') })

describe('after Back', () => {
  it('nothing of before is confirmed, from the moment the page is left', async () => {
    const page = visited()
    expect(page.doubted()).toBeUndefined()
    await page.goAway()
    expect(page.doubted()).toBe(Number.POSITIVE_INFINITY)
    page.comeBack()
    expect(page.doubted()).toBe(page.environment.nowMs())
    page.end()
  })

  it('the check confirms it by naming the page’s owner', async () => {
    const page = visited()
    await page.goAway()
    page.comeBack()
    await page.answered(named())
    expect([page.doubted(), page.client.news.get().unread.length]).toEqual([undefined, 1])
    page.end()
  })

  it('no check that names nobody confirms it', async () => {
    for (const reply of [bare, { name: 'nothing' } as const]) {
      const page = visited()
      await page.goAway()
      page.comeBack()
      await page.answered(reply)
      expect(page.doubted()).toBe(page.environment.nowMs())
      page.end()
    }
  })

  it('no answer that is older than Back confirms it', async () => {
    const page = visited()
    await page.goAway()
    page.comeBack()
    await page.answered({ ...named(), asOfMs: page.environment.nowMs() - 1 } as Reply)
    expect(page.doubted()).toBe(page.environment.nowMs())
    page.end()
  })

  it('identify() confirms it, and for another customer it is gone', async () => {
    const page = visited()
    await page.goAway()
    page.comeBack()
    page.client.identify({ user: 7, owner: 'mine', cursor: 'e1:1' })
    expect(page.doubted()).toBeUndefined()
    expect(page.client.news.get().unread).toHaveLength(1)
    await page.goAway()
    page.comeBack()
    page.client.identify({ user: 8 })
    expect(page.client.news.get()).toEqual({ last: null, unread: [], stale: false })
    page.end()
  })

  it('a page that ends listening when it is left, and goes on when it is back, is told of whom it is', async () => {
    const page = visited()
    await page.goAway()
    page.client.stop()
    page.client.start()
    expect(page.doubted()).toBe(page.environment.nowMs())
    page.link().sink.resync()
    await page.answered(named())
    expect([page.doubted(), page.client.news.get().unread.length]).toEqual([undefined, 1])
    page.client.stop()
    page.client.start()
    expect(page.doubted()).toBeUndefined()
    page.client.stop()
  })

  it('a page without news has nothing to hide', async () => {
    const page = visited()
    page.client.dismiss()
    await page.goAway()
    page.comeBack()
    expect(page.doubted()).toBeUndefined()
    page.end()
  })

  it('a check is not content with what was confirmed before', async () => {
    const page = visited()
    page.link().sink.resync()
    await page.answered(named())
    await page.goAway()
    page.comeBack()
    const checked = page.client.check({ maxAgeMs: 600_000 })
    expect(page.link().asked).toHaveLength(1)
    // What was asked before somebody waited, and then what they wait for.
    await page.answered(named())
    expect(page.link().asked).toHaveLength(2)
    await page.answered(named())
    expect(await checked).toMatchObject({ owner: 'mine' })
    page.end()
  })

  it('a bare answer tells nobody what was held back before', async () => {
    const page = visited(null)
    page.hear(at(4))
    await page.goAway()
    page.comeBack()
    await page.answered(bare)
    expect(page.heard).toEqual(['change 1', 'hers'])
    page.end()
  })

  it('a log tells what was held back before, in its place', async () => {
    const page = visited()
    page.hear(at(3))
    await page.goAway()
    page.comeBack()
    await page.answered({ name: 'log', answer: answerOf('e1:1', 'e1:3') })
    expect(page.heard).toEqual(['change 1', 'change 2', 'change 3'])
    page.end()
  })
})
