import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ChannelEvent,
  type ChannelState,
  moveChannel,
  moveSocket,
  type SocketEvent,
  type SocketState,
} from '../../../src/connections/reverb/states'
import { delayed } from '../../../src/engine/state'

const refusal = delayed('over-capacity')
const states: Record<SocketState['name'], SocketState> = {
  waiting: { name: 'waiting', nextTryAtMs: 5, refusal: null },
  opening: { name: 'opening', nextTryAtMs: 6, refusal: null },
  open: { name: 'open', socketId: '1.1', silentMs: 30_000 },
  pinged: { name: 'pinged', socketId: '1.1', silentMs: 30_000 },
  refused: { name: 'refused', refusal },
}
const events: Record<SocketEvent['name'], SocketEvent> = {
  'opened-anew': { name: 'opened-anew', nextTryAtMs: 8 },
  greeted: { name: 'greeted', socketId: '2.2', silentMs: 10_000 },
  pinged: { name: 'pinged' },
  heard: { name: 'heard' },
  lost: { name: 'lost', nextTryAtMs: 9 },
  refused: { name: 'refused', refusal },
}

describe('a socket that is', () => {
  it.each<[SocketState['name'], Partial<Record<SocketEvent['name'], SocketState['name']>>]>([
    ['waiting', {}],
    ['opening', { greeted: 'open' }],
    ['open', { pinged: 'pinged' }],
    ['pinged', { heard: 'open' }],
    ['refused', {}],
  ])('%s moves as drawn, and else stays the same object', (from, moves) => {
    const always = { 'opened-anew': 'opening', lost: 'waiting', refused: 'refused', ...moves } as const
    for (const event of Object.values(events)) {
      const next = moveSocket(states[from], event)
      const expected = always[event.name as keyof typeof always]
      if (expected) expect(next.name, `${from} ${event.name}`).toBe(expected)
      else expect(next, `${from} ${event.name}`).toBe(states[from])
    }
  })

  it('refused keeps its reason until the server greets', () => {
    const during = (['opened-anew', 'lost', 'opened-anew'] as const).reduce(
      (state, name) => moveSocket(state, events[name]),
      states.refused,
    )
    expect(during).toMatchObject({ name: 'opening', refusal })
    expect(moveSocket(during, events.greeted)).toEqual({ name: 'open', socketId: '2.2', silentMs: 10_000 })
  })
})

describe('a channel', () => {
  it.each<[ChannelState, Record<ChannelEvent, ChannelState>]>([
    ['none', { asked: 'authorising', signed: 'none', confirmed: 'none', refused: 'none', lost: 'none' }],
    [
      'authorising',
      { asked: 'authorising', signed: 'subscribing', confirmed: 'live', refused: 'refused', lost: 'none' },
    ],
    [
      'subscribing',
      { asked: 'authorising', signed: 'subscribing', confirmed: 'live', refused: 'refused', lost: 'none' },
    ],
    ['live', { asked: 'authorising', signed: 'live', confirmed: 'live', refused: 'refused', lost: 'none' }],
    ['refused', { asked: 'authorising', signed: 'refused', confirmed: 'live', refused: 'refused', lost: 'none' }],
  ])('that is %s moves as drawn', (from, moves) => {
    for (const [event, to] of Object.entries(moves)) expect(moveChannel(from, event as ChannelEvent), event).toBe(to)
  })

  it('is none after whatever happened, once the socket is gone', () => {
    const event = fc.constantFrom<ChannelEvent>('asked', 'signed', 'confirmed', 'refused', 'lost')
    fc.assert(
      fc.property(fc.array(event), (happened) => {
        const state = happened.reduce<ChannelState>(moveChannel, 'none')
        expect(moveChannel(state, 'lost')).toBe('none')
      }),
    )
  })
})
