// alpinejs and @alpinejs/csp ship no types: what our tests and examples use.
interface TestAlpine {
  reactive<Value extends object>(value: Value): Value
  store(name: string): unknown
  store(name: string, value: object): void
  magic(name: string, read: (element: HTMLElement) => unknown): void
  directive(
    name: string,
    handle: (
      element: HTMLElement,
      words: { value: string | null; modifiers: string[]; expression: string },
      tools: {
        cleanup(end: () => void): void
        evaluateLater(
          expression: string,
        ): (hear?: (value: never) => void, evaluation?: { scope: Record<string, unknown>; params: unknown[] }) => void
      },
    ) => void,
  ): unknown
  skipDuringClone<Handle extends (...args: never[]) => void>(handle: Handle): Handle
  injectMagics(into: object, element: HTMLElement): object
  evaluateRaw(
    element: HTMLElement,
    expression: string,
    evaluation: { scope: Record<string, unknown>; params: unknown[] },
  ): unknown
  data<Data extends object>(name: string, make: (...given: never[]) => Data & ThisType<Data>): void
  plugin(apply: (Alpine: TestAlpine) => void): void
  start(): void
  initTree(element: Element): void
  destroyTree(element: Element): void
  cloneNode(from: Element, to: Element): void
  evaluate(element: Element, expression: string): unknown
  nextTick(): Promise<void>
  setErrorHandler(handle: (error: Error) => void): void
}

declare module 'alpinejs' {
  const Alpine: TestAlpine
  export default Alpine
}

declare module '@alpinejs/csp' {
  const Alpine: TestAlpine
  export default Alpine
}
