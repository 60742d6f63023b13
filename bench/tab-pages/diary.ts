import type { Shown } from '../support/page-log'

/** What a tab notes about itself, on `window.diary`. */
export interface TabDiary {
  /** Every change that its listener heard, in order, and how it came where that is known. */
  readonly heard: (Shown & { readonly via?: string })[]
  /** What else happened, in order: page events, connection states. For whoever reads the trace of a run. */
  readonly notes: { readonly what: string; readonly atMs: number }[]
  /** How many of its sockets are open. */
  readonly openSockets: () => number
  /** True when changes arrive. */
  isLive: () => boolean
  /** `pageshow.persisted` of its return by Back; null before. */
  isKept: boolean | null
}

declare global {
  interface Window {
    diary: TabDiary
  }
}

// Before any library looks for it: the tab that holds the socket is found by this alone.
const sockets: WebSocket[] = []
window.WebSocket = class extends WebSocket {
  constructor(...given: ConstructorParameters<typeof WebSocket>) {
    super(...given)
    sockets.push(this)
  }
}

/** The tab's diary. */
export const diary: TabDiary = {
  heard: [],
  notes: [],
  openSockets: () => sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length,
  isLive: () => false,
  isKept: null,
}
window.diary = diary

/** Notes something that happened now. */
export const note = (what: string): void => {
  diary.notes.push({ what, atMs: Date.now() })
}

/** Notes a change that was heard now. */
export const hear = (total: string | null | undefined, via?: string): void => {
  diary.heard.push({ total: total ?? '', atMs: Date.now(), ...(via ? { via } : {}) })
}

for (const name of ['freeze', 'resume', 'visibilitychange']) {
  document.addEventListener(name, () => note(`${name} ${document.visibilityState}`))
}
for (const name of ['pagehide', 'pageshow'] as const) {
  addEventListener(name, ({ persisted }) => note(`${name}${persisted ? ' persisted' : ''}`))
}
// At the first visit it comes after this script, too.
addEventListener('pagehide', () =>
  addEventListener('pageshow', ({ persisted }) => {
    diary.isKept = persisted
  }),
)
