import { describe, expect, it } from 'vitest'
import { refreshingPage, turn } from '../support/refreshing-page'

describe('the refreshes of a page', () => {
  it('all run for a reason, and are done when the last one is', async () => {
    const { add, want, pass, done } = refreshingPage()
    const [one, other] = [add(), add()]
    want()
    await pass(1_250)
    expect([one.runs.length, other.runs.length]).toEqual([1, 1])
    await one.runs[0]?.succeed()
    expect(done()).toBe(0)
    await other.runs[0]?.succeed()
    expect(done()).toBe(1)
  })

  it('are not done while one was passed over', async () => {
    const answers = [true, false]
    const { add, want, pass, done } = refreshingPage({ mayRun: () => answers.shift() ?? true })
    const [one, other] = [add(), add()]
    want()
    await pass(1_250)
    await one.runs[0]?.succeed()
    expect([other.runs.length, done()]).toEqual([0, 0])
    want()
    await pass(1_250)
    await one.runs[1]?.succeed()
    await other.runs[0]?.succeed()
    expect(done()).toBe(1)
  })

  it('are not done while one has failed', async () => {
    const { add, want, pass, done } = refreshingPage()
    const [one, other] = [add(), add()]
    want()
    await pass(1_250)
    await other.runs[0]?.fail()
    await one.runs[0]?.succeed()
    expect(done()).toBe(0)
    await pass(5_000)
    await other.runs[1]?.succeed()
    expect(done()).toBe(1)
  })

  it('are none: nothing runs, and who waits need not wait', async () => {
    const { want, flush, run, environment, done } = refreshingPage()
    want()
    await flush()
    await run()
    expect([environment.pending(), done()]).toEqual([0, 0])
  })

  it('run at once when told, wanted or not, and say when they have', async () => {
    const { add, run, environment } = refreshingPage()
    const [one, other] = [add(), add()]
    let ended = 'not yet'
    const ran = run().then(() => {
      ended = 'ran'
    })
    await turn()
    // What is set are the time limits of the two.
    expect([one.runs.length, other.runs.length, environment.pending()]).toEqual([1, 1, 2])
    await one.runs[0]?.succeed()
    expect(ended).toBe('not yet')
    await other.runs[0]?.succeed()
    await ran
    expect(ended).toBe('ran')
  })

  it('run once more when told while they run, for what they read may be old by then', async () => {
    const { add, run } = refreshingPage()
    const { runs } = add()
    const first = run()
    await turn()
    const second = run()
    await runs[0]?.succeed()
    await first
    expect(runs).toHaveLength(2)
    await runs[1]?.succeed()
    await second
    expect(runs).toHaveLength(2)
  })

  it('say that one failed, and run the others all the same', async () => {
    const { add, run, done } = refreshingPage()
    const [one, other] = [add(), add()]
    const ran = run()
    const refused = expect(ran).rejects.toMatchObject({ code: 'refresh-failed' })
    await turn()
    await one.runs[0]?.fail()
    await refused
    await other.runs[0]?.succeed()
    expect(done()).toBe(0)
  })

  it('are fewer when one is removed: it is aborted, and runs no more', async () => {
    const { add, want, environment, pass, errors } = refreshingPage()
    const { runs, remove } = add()
    want()
    await pass(1_250)
    remove()
    remove()
    expect(runs[0]?.request.signal.aborted).toBe(true)
    await runs[0]?.fail()
    want()
    await pass(600_000)
    expect([runs.length, errors.length, environment.pending(), environment.watching()]).toEqual([1, 0, 0, 0])
  })

  it('may be removed by one that runs', async () => {
    const { add, want, pass } = refreshingPage()
    const { remove } = add()
    const other = add()
    want()
    remove()
    await pass(1_250)
    expect(other.runs).toHaveLength(1)
  })

  it('are all dropped when the page stops listening, and there when it begins again', async () => {
    const { add, want, reset, environment, pass } = refreshingPage()
    const { runs } = add()
    want()
    reset()
    expect(environment.pending()).toBe(0)
    want()
    await pass(1_250)
    expect(runs).toHaveLength(1)
  })

  it('leave what one took along to the next that comes, once, also where others are', async () => {
    const { add, want, pass } = refreshingPage()
    const [first, other] = [add(), add()]
    want()
    first.remove()
    await pass(5_000)
    await other.runs[0]?.succeed()
    const [second, third] = [add(), add()]
    await pass(5_000)
    expect([first, other, second, third].map(({ runs }) => runs.length)).toEqual([0, 1, 1, 0])
  })

  it('leave what nobody was there for to the first that comes', async () => {
    const { add, want, pass } = refreshingPage()
    want()
    const [first, second] = [add(), add()]
    await pass(5_000)
    expect([first, second].map(({ runs }) => runs.length)).toEqual([1, 0])
  })

  it('leave nothing when all had run, or when everything was dropped', async () => {
    const { add, want, reset, pass } = refreshingPage()
    const done = add()
    want()
    await pass(5_000)
    await done.runs[0]?.succeed()
    done.remove()
    const staying = add()
    want()
    staying.remove()
    want()
    reset()
    const last = add()
    await pass(5_000)
    expect([done, staying, last].map(({ runs }) => runs.length)).toEqual([1, 0, 0])
  })

  it('are not waited for when the one that runs is removed, or everything is dropped: it may never end', async () => {
    for (const way of ['remove', 'reset'] as const) {
      const { add, want, flush, reset, environment, pass } = refreshingPage()
      const one = add()
      want()
      await pass(1_250)
      const flushed = flush()
      if (way === 'remove') one.remove()
      else reset()
      await flushed
      expect([one.runs.length, one.runs[0]?.request.signal.aborted]).toEqual([1, true])
      expect(environment.pending()).toBe(0)
    }
  })
})
