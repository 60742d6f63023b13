import { formatMoney } from './money'

/** Something that changes what a cart costs: a promotion, a price for members, a gift. */
export interface Condition {
  /** For the shop's own people. Never in a payload. */
  readonly name: string
  readonly displayName: string
  readonly type: 'discount' | 'gift'
  /** Of the subtotal when `percent`, in minor units when `minor`. Negative takes off. */
  readonly worth: { readonly percent: number } | { readonly minor: number }
}

/** Every condition the shop knows. */
export const CONDITIONS: readonly Condition[] = [
  { name: 'raya-sale', displayName: 'Raya Sale', type: 'discount', worth: { percent: -10 } },
  { name: 'member-price', displayName: 'Member Price', type: 'discount', worth: { percent: -5 } },
  { name: 'free-gift-wrap', displayName: 'Free Gift Wrap', type: 'gift', worth: { minor: 0 } },
]

/** The condition of that name; null when there is none. */
export const findCondition = (name: string): Condition | null =>
  CONDITIONS.find((condition) => condition.name === name) ?? null

/** What a condition adds to a subtotal, in minor units; below 0 when it takes off. */
export const amountOf = ({ worth }: Condition, subtotal: number): number =>
  'percent' in worth ? Math.sign(worth.percent) * Math.round((subtotal * Math.abs(worth.percent)) / 100) : worth.minor

/** What a condition is worth, as the shop writes it: `-10%`, `-RM5.00`, `free`. */
export const formatWorth = ({ worth }: Condition): string => {
  const [amount, words] =
    'percent' in worth ? [worth.percent, `${worth.percent}%`] : [worth.minor, formatMoney(worth.minor)]
  if (amount === 0) return 'free'
  return amount > 0 ? `+${words}` : words
}
