const LOOK_EVERY_MS = 50

/** Waits until the condition holds, and says whether it did within the time. */
export const holdsWithin = async (boundMs: number, condition: () => boolean): Promise<boolean> => {
  const endMs = Date.now() + boundMs
  while (!condition()) {
    if (Date.now() > endMs) return false
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
  return true
}
