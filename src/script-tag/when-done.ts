/** How long to wait for `load` once the script runs, and for an idle moment once the page is loaded. */
const LOADING_MS = 5_000
const BUSY_MS = 1_000

/**
 * Resolves when the page is loaded and idle, after 6 s at the latest; a prerendered page not before it is
 * shown.
 */
export const whenDone = async (): Promise<void> => {
  await loaded()
  await activated()
  await idle()
}

const loaded = (): Promise<void> =>
  new Promise((resolve) => {
    if (document.readyState === 'complete') return resolve()
    const timer = setTimeout(resolve, LOADING_MS)
    const settle = (): void => {
      clearTimeout(timer)
      resolve()
    }
    addEventListener('load', settle)
  })

const activated = (): Promise<void> =>
  new Promise((resolve) => {
    const { prerendering } = document as { prerendering?: unknown }
    if (prerendering === true) document.addEventListener('prerenderingchange', () => resolve())
    else resolve()
  })

const idle = (): Promise<void> =>
  new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: BUSY_MS })
    else setTimeout(resolve, 1)
  })
