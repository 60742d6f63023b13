/** A value, or a function that gives it, at once or later. Functions are called anew for every request. */
export type Provided<Value> = Value | (() => Value | PromiseLike<Value>)

/** The value, or what the function gives. */
export const provide = <Value>(value: Provided<Value> | undefined): Value | PromiseLike<Value> | undefined =>
  typeof value === 'function' ? (value as () => Value | PromiseLike<Value>)() : value
