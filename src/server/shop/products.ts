/** Something to buy. */
export interface Product {
  readonly sku: string
  readonly name: string
  /** In minor units. */
  readonly price: number
}

/** What the shop sells, by SKU. */
export const PRODUCTS = {
  mug: { sku: 'mug', name: 'Enamel mug', price: 2_500 },
  tote: { sku: 'tote', name: 'Canvas tote', price: 4_000 },
  candle: { sku: 'candle', name: 'Beeswax candle', price: 3_000 },
  notebook: { sku: 'notebook', name: 'Dotted notebook', price: 1_850 },
  blanket: { sku: 'blanket', name: 'Wool blanket', price: 118_000 },
} as const satisfies Record<string, Product>
