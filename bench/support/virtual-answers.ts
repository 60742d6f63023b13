/** The life of every counter. */
export const VIRTUAL_EPOCH = 'e1'

/** What the server calls a shopper's log. */
export const ownerOf = (shopper: string): string => `owner-${shopper}`

/** The broadcast at a place of a shopper's log; `spreadMs` null: without the server's hint. */
export const virtualChange = (seq: number, spreadMs: number | null): unknown => ({
  message: 'Your cart was updated due to a promotion change',
  changes: { condition_removed: 'Raya Sale', new_subtotal: 'RM120.00', new_total: 'RM120.00', savings: 'RM0.00' },
  timestamp: '2026-11-23T10:00:00+00:00',
  cart_echo: { epoch: VIRTUAL_EPOCH, seq, ...(spreadMs === null ? {} : { spread_ms: spreadMs }) },
})

/** The check's answer for a shopper whose log is this long, as JSON. */
export const virtualAnswer = (shopper: string, place: number, query: URLSearchParams): string => {
  const since = Number((query.get('since') ?? '').split(':')[1] ?? place)
  const places = Array.from({ length: Math.max(0, place - since) }, (_, index) => since + index + 1)
  return JSON.stringify({
    updated: places.length > 0,
    message: null,
    cart_echo: {
      owner: ownerOf(shopper),
      cursor: `${VIRTUAL_EPOCH}:${place}`,
      events: places.map((seq) => ({ event: 'cart.conditions.changed', payload: virtualChange(seq, null) })),
      reset: false,
      enabled: true,
      fresh: query.get('fresh'),
    },
  })
}
