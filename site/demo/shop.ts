/** A promotion of the demo's shop, and whether it runs. */
export interface Promotion {
  readonly name: string
  readonly what: string
  readonly isRunning: boolean
}

/** What the server would send to the shopper's page when a promotion ends or begins, as far as it is the shop's. */
export interface PromotionChange {
  readonly message: string
  readonly changes: {
    readonly condition_removed?: string
    readonly conditions?: readonly { readonly action: string; readonly display_name: string }[]
    readonly new_subtotal: string
    readonly new_total: string
    readonly savings: string
  }
}

/** The cart as the shop's own endpoint would give it. Amounts are formatted by the server. */
export interface DemoCart {
  readonly lines: readonly { readonly name: string; readonly quantity: number; readonly total: string }[]
  readonly conditions: readonly { readonly name: string; readonly amount: string }[]
  readonly subtotal: string
  readonly total: string
  readonly savings: string
}

const LINES = [
  { name: 'Batik sarong', quantity: 1, each: 8_900 },
  { name: 'Penang coffee, 250 g', quantity: 2, each: 2_450 },
]

const PROMOTIONS: readonly { readonly name: string; readonly what: string; readonly worth: (sen: number) => number }[] =
  [
    { name: 'Raya Sale', what: '20 % off', worth: (sen) => Math.round(sen / 5) },
    { name: 'Payday voucher', what: 'RM10 off', worth: () => 1_000 },
    { name: 'Coffee offer', what: 'second bag half price', worth: () => 1_225 },
  ]

const ringgit = (sen: number): string => `RM${(sen / 100).toFixed(2)}`

/** The shop behind the demo: one cart, and promotions that an admin ends and begins. */
export const createDemoShop = () => {
  const running = new Set(PROMOTIONS.map(({ name }) => name))

  const cart = (): DemoCart => {
    const subtotal = LINES.reduce((sum, { quantity, each }) => sum + quantity * each, 0)
    const conditions = PROMOTIONS.filter(({ name }) => running.has(name)).map(({ name, worth }) => ({
      name,
      sen: worth(subtotal),
    }))
    const savings = conditions.reduce((sum, { sen }) => sum + sen, 0)
    return {
      lines: LINES.map(({ name, quantity, each }) => ({ name, quantity, total: ringgit(quantity * each) })),
      conditions: conditions.map(({ name, sen }) => ({ name, amount: `−${ringgit(sen)}` })),
      subtotal: ringgit(subtotal),
      total: ringgit(subtotal - savings),
      savings: ringgit(savings),
    }
  }

  const flip = (name: string): PromotionChange => {
    const isOver = running.delete(name)
    if (!isOver) running.add(name)
    const { subtotal, total, savings } = cart()
    return {
      message: isOver ? `${name} has ended` : `${name} has begun`,
      changes: {
        ...(isOver ? { condition_removed: name } : { conditions: [{ action: 'added', display_name: name }] }),
        new_subtotal: subtotal,
        new_total: total,
        savings,
      },
    }
  }

  return {
    cart,
    promotions: (): readonly Promotion[] =>
      PROMOTIONS.map(({ name, what }) => ({ name, what, isRunning: running.has(name) })),
    /** Ends a promotion that runs, and begins one that does not. */
    flip,
  }
}

/** The shop behind the demo. */
export type DemoShop = ReturnType<typeof createDemoShop>
