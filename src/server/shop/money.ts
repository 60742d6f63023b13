/** What everything in the shop is priced in. ISO 4217. */
export const CURRENCY = 'MYR'

/** An amount in minor units (sen) as the shop writes it: `RM1,200.00`, `-RM5.00`. */
export const formatMoney = (minor: number): string => {
  const digits = String(Math.abs(minor)).padStart(3, '0')
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${minor < 0 ? '-' : ''}RM${whole}.${digits.slice(-2)}`
}
