// An app that does not ask for it: useEcho knows nothing of ours, whatever else is imported.
import { useEcho } from '@laravel/echo-react'
import { useEcho as useEchoInVue } from '@laravel/echo-vue'
import { type CartEventMap, createCartEcho } from 'cart-echo'
import { echo } from 'cart-echo/echo'
import 'cart-echo/reverb'

createCartEcho({ connect: echo({ private: (channel: string) => channel }) })

export const useCart = (): void => {
  useEcho<CartEventMap['cart.conditions.changed']>('App.Models.User.1', '.cart.conditions.changed', (e) => e.message)
  // @ts-expect-error: unknown
  useEcho('App.Models.User.1', '.cart.conditions.changed', (e) => e.changes)
  // @ts-expect-error: unknown
  useEchoInVue('App.Models.User.1', '.cart.conditions.changed', (e) => e.changes)
}

// Would not compile if anything were in it.
type Nothing = keyof Events extends never ? true : false
export const nothing: Nothing = true
