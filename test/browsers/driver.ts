/** A page of a shopper's, in a tab of a real browser. Only the newest tab is looked at: the others are hidden. */
export interface Tab {
  readonly goto: (url: string) => Promise<void>
  /** The value of an expression, as far as JSON can hold it. Rejects with what it throws. */
  readonly evaluate: <Value>(expression: string) => Promise<Value>
  /** Presses the mouse in the middle of an element, which an expression gives: it may be in a shadow root or in a frame. */
  readonly click: (element: string) => Promise<void>
  /** Presses a key and lets it go. */
  readonly press: (key: Key) => Promise<void>
  /** As the browser's own button does. */
  readonly back: () => Promise<void>
  /** A picture of what is looked at, as PNG. */
  readonly picture: () => Promise<Uint8Array>
  readonly close: () => Promise<void>
}

/** The keys that scenarios press. */
export type Key = 'Tab' | 'Enter' | 'Escape'

/** The names by which browsers are known here. */
export type BrowserName = 'Chromium' | 'Firefox' | 'WebKit'

/** A browser that runs, and that nobody uses but these tests. */
export interface RunningBrowser {
  readonly name: BrowserName
  readonly version: string
  /** Opens a tab beside those there are, and goes there. */
  readonly open: (url: string) => Promise<Tab>
  /** Closes every tab, and forgets the shopper: cookies and all. */
  readonly forget: () => Promise<void>
  /** Leaves no process behind. */
  readonly close: () => Promise<void>
}

/** The middle of an element, in the window that is looked at: as an expression. */
export const middleOf = (element: string): string => `(() => {
  const found = ${element}
  found.scrollIntoView({ block: 'nearest' })
  let { left, top, width, height } = found.getBoundingClientRect()
  for (let view = found.ownerDocument.defaultView; view.frameElement; view = view.parent) {
    const frame = view.frameElement.getBoundingClientRect()
    left += frame.left
    top += frame.top
  }
  return { x: Math.round(left + width / 2), y: Math.round(top + height / 2) }
})()`

/** Where something is to be clicked. */
export interface Point {
  readonly x: number
  readonly y: number
}
