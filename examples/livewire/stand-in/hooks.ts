/** Livewire.hook: callbacks by name, in the order they came; each returns what removes it (livewire js/hooks.js). */
export const createHooks = () => {
  const hooked = new Map<string, ((...args: never[]) => void)[]>()
  return {
    on: (name: string, callback: (...args: never[]) => void) => {
      hooked.set(name, [...(hooked.get(name) ?? []), callback])
      return () =>
        void hooked.set(
          name,
          (hooked.get(name) ?? []).filter((one) => one !== callback),
        )
    },
    trigger: (name: string, ...args: unknown[]) => {
      for (const callback of hooked.get(name) ?? []) callback(...(args as never[]))
    },
    count: () => [...hooked.values()].flat().length,
  }
}

export type Hooks = ReturnType<typeof createHooks>
