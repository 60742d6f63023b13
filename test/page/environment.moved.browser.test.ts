import { expect, it } from 'vitest'
import type { PageSignal } from '../../src/engine/environment'
import { browserEnvironment } from '../../src/page/environment'

it('a page hears that its address is another without a load, until it is told to stop', () => {
  const heard: PageSignal[] = []
  const stop = browserEnvironment().watchPage((signal) => heard.push(signal))
  history.pushState(null, '', '#moved')
  expect(heard).toEqual(['moved'])
  stop()
  history.replaceState(null, '', location.pathname)
  expect(heard).toEqual(['moved'])
})
