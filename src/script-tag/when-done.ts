/** How long a page that goes on loading is waited for once it is parsed, and one that is busy once it is loaded. */
const LOADING_MS = 5_000
const BUSY_MS = 1_000

/**
 * Resolves when the page is loaded and has nothing else to do, at latest 6 s from now; one that is prerendered, not before somebody has asked
 * for it.
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
