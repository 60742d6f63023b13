import type { Stop } from '../../engine/environment'

/** A function that `.debounce` and `.throttle` were applied to. */
export interface Pace<Heard> {
  readonly run: (heard: Heard) => void
  /** Cancels a run that is still to come. */
  readonly stop: Stop
}

/** A modifier's milliseconds, as Alpine reads them, `500ms` or `500` (alpinejs src/utils/on.js), and `1s` too; NaN when it is not a duration. */
export const msOf = (modifier = 'none'): number =>
  /^[\d.]+s$/.test(modifier) ? Number.parseFloat(modifier) * 1_000 : Number(modifier.split('ms')[0])

/** The milliseconds after a modifier, as in `.debounce.500ms`; the fallback when it stands alone, undefined without it. */
export const msAfter = (name: string, modifiers: readonly string[], fallbackMs?: number): number | undefined => {
  const place = modifiers.indexOf(name)
  const ms = msOf(modifiers[place + 1])
  return place < 0 ? undefined : ms >= 0 ? ms : fallbackMs
}

/** Applies `.debounce` and `.throttle`, as `x-on` does. Alpine's own functions would still run after the element is gone. */
export const paceOf = <Heard>(run: (heard: Heard) => void, modifiers: readonly string[]): Pace<Heard> => {
  const debounceMs = msAfter('debounce', modifiers, 250)
  const throttleMs = msAfter('throttle', modifiers, 250) ?? 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let quietUntilMs = 0
  const stop = (): void => clearTimeout(timer)
  const debounced = (heard: Heard): void => {
    stop()
    timer = setTimeout(run, debounceMs, heard)
  }
  return {
    run: (heard) => {
      const nowMs = performance.now()
      if (nowMs < quietUntilMs) return
      quietUntilMs = nowMs + throttleMs
      if (debounceMs === undefined) run(heard)
      else debounced(heard)
    },
    stop,
  }
}
