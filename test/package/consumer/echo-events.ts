// An app that types its useEcho with our events, its own among them.
import { useEcho, useEchoNotification } from '@laravel/echo-react'
import { useEcho as useEchoInVue } from '@laravel/echo-vue'
import type {} from 'cart-echo'
import type { CartEchoEvents } from 'cart-echo/echo-events'

declare module 'cart-echo' {
  interface CartEventMap {
    'cart.stock.changed': { sku: string; left: number }
  }
}

// What the app had already.
declare global {
  interface Events {
    OrderShipped: { order: number }
  }
}

const channel = 'App.Models.User.1'

export const useInReact = (): void => {
  useEcho(channel, '.cart.conditions.changed', (e) => e.changes.new_total?.trim())
  useEcho(channel, '.cart.conditions.changed', ({ cart_echo }) => cart_echo?.seq?.toFixed(), [channel], 'private')
  useEcho(channel, '.cart.stock.changed', (e) => e.left.toFixed())
  useEcho(channel, 'OrderShipped', (e) => e.order.toFixed())
  useEcho(channel, ['.cart.conditions.changed', '.cart.stock.changed'], (e) => ('sku' in e ? e.left : e.message))
  // @ts-expect-error: there is no such key
  useEcho(channel, '.cart.conditions.changed', (e) => e.changes.total)
  // @ts-expect-error: left is a number
  useEcho(channel, '.cart.stock.changed', (e) => e.left.trim())
  // @ts-expect-error: without the dot Echo means another event
  useEcho(channel, 'cart.conditions.changed', (e) => e.changes)
  // @ts-expect-error: misspelt
  useEcho(channel, '.cart.condition.changed', (e) => e.changes)
  useEcho<{ id: number }>(channel, '.something.else', (e) => e.id.toFixed())
  useEchoNotification<{ id: string }>(channel, (e) => e.id.trim())
}

export const useInVue = (): void => {
  useEchoInVue(channel, '.cart.conditions.changed', (e) => e.changes.new_total?.trim())
  useEchoInVue(channel, '.cart.stock.changed', (e) => e.left.toFixed())
  // @ts-expect-error: there is no such key
  useEchoInVue(channel, '.cart.conditions.changed', (e) => e.changes.total)
  // @ts-expect-error: without the dot Echo means another event
  useEchoInVue(channel, 'cart.conditions.changed', (e) => e.changes)
}

// For typed channels of laravel-echo itself, and whatever else is to be typed by hand.
const heard: CartEchoEvents['.cart.conditions.changed'] | undefined = undefined as never
heard satisfies Events['.cart.conditions.changed'] | undefined

document.addEventListener('cart-stock-changed', ({ detail }) => detail.left.toFixed())
