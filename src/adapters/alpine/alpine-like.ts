/** What an expression is evaluated with: variables, and the arguments if it names a function. */
export interface Evaluation {
  scope: Record<string, unknown>
  params: unknown[]
}

/** How a directive was written. */
export interface DirectiveWords {
  /** The part after the colon; null when there is none. */
  value: string | null
  modifiers: string[]
  expression: string
}

/** What Alpine gives a directive for its element. */
export interface ElementTools {
  /** Calls `end` when the element or the attribute is removed. */
  cleanup(end: () => void): void
  evaluateLater(expression: string): (hear?: (value: never) => void, evaluation?: Evaluation) => void
}

/** Called by Alpine for each element that has the directive. */
export type HandleDirective = (element: HTMLElement, words: DirectiveWords, tools: ElementTools) => void

/**
 * The parts of Alpine 3 that the plugin uses: of `alpinejs`, `@alpinejs/csp` or the one in Livewire. Optional members are missing
 * in older versions.
 */
export interface AlpineLike {
  reactive<Value extends object>(value: Value): Value
  store(name: string): unknown
  store(name: string, value: object): void
  magic(name: string, read: (element: HTMLElement) => unknown): void
  directive(name: string, handle: HandleDirective): unknown
  skipDuringClone?(handle: HandleDirective): HandleDirective
  injectMagics?(into: object, element: HTMLElement): object
  evaluateRaw?(element: HTMLElement, expression: string, evaluation: Evaluation): unknown
}
