import { expect, it, vi } from 'vitest'
import { showNotices } from '../../src/notice/notice'
import { listeningClient } from '../support/listening-client'

it('leaves the element of another copy alone, with one warning', () => {
  class Theirs extends HTMLElement {}
  customElements.define('cart-echo-notice', Theirs)
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const theirs = document.createElement('cart-echo-notice')
  document.body.append(theirs)
  const { client } = listeningClient()
  const subscribe = vi.spyOn(client.news, 'subscribe')
  const stops = [showNotices(client), showNotices(client)]
  expect(warn.mock.calls).toEqual([[expect.stringContaining('<cart-echo-notice> is defined already')]])
  expect([...document.querySelectorAll('cart-echo-notice')]).toEqual([theirs])
  expect(subscribe).not.toHaveBeenCalled()
  for (const stop of stops) stop()
  expect(theirs.isConnected).toBe(true)
})
