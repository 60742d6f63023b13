import type { Page } from 'playwright'
import { expect } from 'vitest'

/** What a page holds after a collection of garbage: objects, functions among them, DOM nodes, and their listeners. */
export interface Alive {
  readonly objects: number
  readonly nodes: number
  readonly listeners: number
}

/** Counts what is alive on a page. A count is exact, where the size of a heap has a noise of its own. */
export const watchAlive = async (page: Page): Promise<() => Promise<Alive>> => {
  const devTools = await page.context().newCDPSession(page)
  const { result } = await devTools.send('Runtime.evaluate', { expression: 'Object.prototype' })
  return async () => {
    await devTools.send('HeapProfiler.collectGarbage')
    const { objects } = await devTools.send('Runtime.queryObjects', {
      prototypeObjectId: result.objectId ?? '',
      objectGroup: 'alive',
    })
    const { result: length } = await devTools.send('Runtime.callFunctionOn', {
      objectId: objects.objectId ?? '',
      functionDeclaration: 'function () { return this.length }',
    })
    await devTools.send('Runtime.releaseObjectGroup', { objectGroup: 'alive' })
    const { nodes, jsEventListeners } = await devTools.send('Memory.getDOMCounters')
    return { objects: length.value, nodes, listeners: jsEventListeners }
  }
}

/** Expects that a hundred of something have left nothing behind: by far less than one object, node or listener of each is more. */
export const expectNoneLeft = (before: Alive, after: Alive): void => {
  expect(after.objects - before.objects).toBeLessThan(50)
  expect(after.nodes - before.nodes).toBeLessThan(50)
  expect(after.listeners - before.listeners).toBeLessThan(50)
}
