import { CartEchoError } from '../engine/errors'
import { attempt } from '../engine/shape'
import { absolute } from '../page/request'
import type { Figures } from './figures'

/** Sends figures to an address, in a way that outlives the page. Returns what is wrong where the browser cannot; what becomes of them on their way nobody knows. */
export type SendFigures = (figures: Figures) => CartEchoError | null

/**
 * Sends by `navigator.sendBeacon`, and where that is missing or refuses (64 KiB are under way already) by `fetch` with `keepalive`. The body is JSON in a string,
 * so that it is `text/plain`: a form could send that, too, and no browser asks another origin for leave first
 * (https://fetch.spec.whatwg.org/#cors-safelisted-request-header). Cookies of the address go along with a beacon. Never throws.
 */
export const beaconTo =
  (address: string): SendFigures =>
  (figures) => {
    const url = absolute(address)
    const body = JSON.stringify(figures)
    const { navigator, fetch } = globalThis
    // It throws for addresses that are none.
    if (attempt(() => navigator.sendBeacon(url, body))) return null
    const request = attempt(() => fetch(url, { method: 'POST', mode: 'no-cors', keepalive: true, body }))
    // What stands in its place may return anything.
    attempt(() => request?.catch(() => undefined))
    return request ? null : new CartEchoError('beacon-failed', `No figures can be sent from this page to ${url}`)
  }
