/** How long to wait for `load` once the script runs, and for an idle moment once the page is loaded. */
const LOADING_MS = 5_000
const BUSY_MS = 1_000

const heard = (target: EventTarget, name: string): Promise<unknown> =>
  new Promise((resolve) => target.addEventListener(name, resolve))

/**
 * Resolves when the page is loaded and idle, after 6 s at the latest; a prerendered page not before it is
 * shown.
 */
export const whenDone = async (): Promise<void> => {
  if (document.readyState !== 'complete')
    await Promise.race([heard(window, 'load'), new Promise((resolve) => setTimeout(resolve, LOADING_MS))])
  if ((document as { prerendering?: unknown }).prerendering === true) await heard(document, 'prerenderingchange')
  // Where there is no such callback, its options are a delay of none.
  const whenIdle = (globalThis.requestIdleCallback ?? setTimeout) as typeof requestIdleCallback
  await new Promise((resolve) => whenIdle(resolve, { timeout: BUSY_MS }))
}
