// An app that only asks for the types, in one of its .d.ts files.
import { useEcho } from '@laravel/echo-react'
import type {} from 'cart-echo/echo-events'

const names: keyof Events = '.cart.conditions.changed'
export const useCart = (): void => {
  useEcho('App.Models.User.1', names, (e) => e.changes.new_total?.trim())
}

// @ts-expect-error: it has no other events
const others: keyof Events = '.cart.stock.changed'

export { others }
