import type { Stop } from '../../engine/environment'
import type { Call, LivewireComponent, LivewireLike, Payload } from './surface'
import type { Targets } from './targets'

/** Hears how a request failed. True: Livewire may show it. */
export type MayShow = (status: number) => boolean

/**
 * Keeps Livewire's dialog shut when a request fails that holds nothing but a refresh of `asked`, until stopped: nobody on the page asked for
 * it, and each new try would open it again.
 */
export const keepDialogsShut = (
  livewire: LivewireLike,
  asked: ReadonlySet<LivewireComponent>,
  isOurs: Targets['isOurs'],
  mayShow: MayShow,
): Stop =>
  livewire.hook('request', ({ payload, fail }) => {
    const { components } = JSON.parse(payload) as Payload
    // No calls at all: $refresh in Livewire 3, children that go with their parent, and what is typed into wire:model.live.
    const isOnlyOurs = components.every(({ calls }) =>
      calls.every((call) => isOurs(call.method, call.params) || isCarried(call) || isOfIsland(call)),
    )
    if (!isOnlyOurs || ![...asked].some(({ id }) => payload.includes(id))) return
    fail(({ status, preventDefault }) => {
      if (!mayShow(status)) preventDefault()
    })
  })

/**
 * True for what Livewire 4 has a child do that gets something from a component that asks, by `#[Reactive]` or `#[Modelable]`
 * (js/request/interactions.js). What is typed into wire:model.live has the type of that.
 */
export const isCarried = ({ method, metadata }: Pick<Call, 'method' | 'metadata'>): boolean =>
  method === '$commit' && !metadata?.type

const isOfIsland = ({ method, metadata }: Call): boolean => method === '$refresh' && !!metadata?.island
