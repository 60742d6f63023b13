import { type RefObject, useInsertionEffect, useRef } from 'react'

/**
 * A ref to the value of the newest rendering that was committed. Written before any other effect runs, never while rendering:
 * a rendering that React throws away leaves no trace.
 */
export const useLatest = <Value>(value: Value): RefObject<Value> => {
  const latest = useRef(value)
  useInsertionEffect(() => {
    latest.current = value
  })
  return latest
}
