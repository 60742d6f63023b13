import type { AlpineLike, HandleDirective } from '../adapters/alpine/alpine-like'
import { alpinePlugin } from '../adapters/alpine/plugin'
import type { ShownCart } from '../adapters/alpine/shown-cart'
import { dropInvalidSocketId } from '../adapters/livewire/requests'
import type { CartEcho } from '../engine/cart-echo'
import { pageGlobal } from '../engine/environment'
import type { Opened } from './engine'
import type { Facade } from './facade'

/**
 * Connects the cart to Alpine, now or when it comes: its names stand at once, and its directives begin with the code. Of Livewire only what cannot wait for
 * the code: the socket has no id while it opens, which is now. Calls `visited` after each visit by Turbo or `wire:navigate`.
 */
export const joinPage = ({ cart, later }: Facade, joinAlpine: Opened['joinAlpine'], visited: () => void): void => {
  const directiveOf = (Alpine: AlpineLike, shown: ShownCart): HandleDirective => {
    let handle: HandleDirective
    later(() => {
      handle = joinAlpine(Alpine, shown)
    })
    return (element, ...rest) =>
      later(() => {
        // One that has gone meanwhile would never be cleaned up.
        if (element.isConnected) handle(element, ...rest)
      })
  }

  const plugin = alpinePlugin((Alpine) => earlyCart(cart, Alpine), directiveOf)
  whenHere('Alpine', 'alpine:init', (Alpine) => Alpine.plugin?.(plugin))
  whenHere('Livewire', 'livewire:init', (Livewire) => Livewire.hook?.('request', dropInvalidSocketId))
  for (const name of ['turbo:load', 'livewire:navigated']) document.addEventListener(name, visited)
}

/** An Alpine or a Livewire, as far as joining it goes. */
interface Host {
  plugin?(plug: (Alpine: AlpineLike) => void): void
  hook?(name: 'request', hook: typeof dropInvalidSocketId): void
}

/** Runs `join` with what the page has put on `window` by that name, now and when that says that it begins. */
const whenHere = (name: string, event: string, join: (host: Host) => void): void => {
  const look = (): void => {
    const host = pageGlobal(name)
    if (host) join(host)
  }
  document.addEventListener(event, look)
  look()
}

/** What templates see before the code is there. */
const earlyCart = ({ connection, nextTryAtMs, check, refresh, dismiss, changedHere }: CartEcho, Alpine: AlpineLike) => {
  // A promise that rejects in an attribute would be an unhandled rejection.
  const fail = (failure: unknown): null => {
    shown.failure = failure
    return null
  }
  const shown: { -readonly [Key in keyof ShownCart]: ShownCart[Key] } = Alpine.reactive<ShownCart>({
    connection: connection.get(),
    nextTryAtMs,
    last: null,
    message: '',
    unread: 0,
    unreadChanges: [],
    stale: false,
    failure: null,
    check: (options) => check(options).catch(fail),
    refresh: () => refresh().catch(fail),
    dismiss,
    changedHere,
  })
  connection.subscribe((value) => {
    shown.connection = value
  })
  return shown
}
