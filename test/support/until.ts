/** Resolves when the condition holds; rejects with what it waited for when it does not within the time. */
export const until = async (what: string, condition: () => boolean, withinMs = 5_000): Promise<void> => {
  const endMs = Date.now() + withinMs
  while (!condition()) {
    if (Date.now() > endMs) throw new Error(`Waited ${withinMs} ms in vain until ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
