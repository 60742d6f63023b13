/** What an expression is evaluated with: names it may use, and arguments for a function that it names. */
export interface Evaluation {
  scope: Record<string, unknown>
  params: unknown[]
}

/** What a directive was written with. */
export interface DirectiveWords {
  /** What stands after the colon. Alpine gives null where there is none. */
  value: string | null
  modifiers: string[]
  expression: string
}

/** What Alpine gives a directive for its element. */
export interface ElementTools {
  /** Calls when the element goes, or the attribute. */
  cleanup(end: () => void): void
  evaluateLater(expression: string): (hear?: (value: never) => void, evaluation?: Evaluation) => void
}

/** What a directive does with an element that has it. */
export type HandleDirective = (element: HTMLElement, words: DirectiveWords, tools: ElementTools) => void

/**
 * What the plugin needs of Alpine 3, by structure: `alpinejs`, `@alpinejs/csp`, the one in Livewire. Optional is what older
 * ones do not have.
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
