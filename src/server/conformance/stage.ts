import { RECORDED_KEY } from './recorded-applications'

/** How a recorded connection was opened: recordings name it only in their headings. */
export interface Entrance {
  /** A recorded application. */
  readonly app: string
  /** @default `/app/{key}?protocol=7` */
  readonly path?: string | undefined
  readonly origin?: string | undefined
}

const ENTRANCES: Readonly<Record<string, Entrance>> = {
  '7 B': { app: RECORDED_KEY, path: '/app/no-such-key?protocol=7' },
  '7b B': { app: RECORDED_KEY, path: '/no/such/path' },
  '7c B': { app: RECORDED_KEY, path: '/app/{key}?protocol=99' },
  '8 M1': { app: 'cart-bed-max1' },
  '8 M2': { app: 'cart-bed-max1' },
  '9 O1': { app: 'cart-bed-origin', origin: 'https://elsewhere.example.test' },
  '9 O2': { app: 'cart-bed-origin', origin: 'https://shop.example.test' },
  '10 R': { app: 'cart-bed-rate' },
  '10 K': { app: 'cart-bed-rate-kill' },
  '11 W': { app: 'cart-bed-nowhisper' },
  'keep-alive fast-silent': { app: 'cart-bed-fast' },
}

/** Where a connection of a section came in. */
export const entranceOf = (section: string, socket: string): Entrance =>
  ENTRANCES[`${section} ${socket}`] ?? { app: RECORDED_KEY }
