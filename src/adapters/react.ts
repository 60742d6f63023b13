export type { CartDomEventMap } from '../dom/event-map'
