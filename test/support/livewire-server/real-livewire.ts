import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const SHIPPED = fileURLToPath(
  new URL('../../../node_modules/adonisjs-livewire/build/assets/livewire.js', import.meta.url),
)

const { CART_ECHO_LIVEWIRE } = process.env

/** Whether that is the script that comes with npm. */
export const isShippedLivewire = CART_ECHO_LIVEWIRE === undefined

/** Livewire's own script: 3.3, as npm's `adonisjs-livewire` brings it, or the one that `CART_ECHO_LIVEWIRE` names, such as an app's `vendor/livewire/livewire/dist/livewire.js`. */
export const realLivewire = (): string => readFileSync(CART_ECHO_LIVEWIRE ?? SHIPPED, 'utf8')
