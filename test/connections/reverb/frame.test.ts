import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFrame } from '../../../src/connections/reverb/frame'

const CHANNEL = 'private-App.Models.User.1'
const EVENT = 'cart.conditions.changed'
const read = (frame: unknown) => readFrame(typeof frame === 'string' ? frame : JSON.stringify(frame), CHANNEL, [EVENT])

/** JSON that no number and no text can be made of. */
const wordless = { toString: 1, valueOf: 1 }

describe('a frame', () => {
  it.each<[string, unknown, object]>([
    [
      'Reverb’s greeting',
      '{"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"769509519.357840300\\",\\"activity_timeout\\":30}"}',
      { name: 'greeting', socketId: '769509519.357840300', silentMs: 30_000 },
    ],
    [
      'a greeting whose data is an object',
      { event: 'pusher:connection_established', data: { socket_id: '1.2', activity_timeout: 10 } },
      { name: 'greeting', socketId: '1.2', silentMs: 10_000 },
    ],
    ...[undefined, null, 0, 0.001, -5, 'soon', 1e9, 120, wordless].map((seconds): [string, unknown, object] => [
      `a greeting with an activity_timeout of ${JSON.stringify(seconds)}`,
      { event: 'pusher:connection_established', data: { socket_id: '1.2', activity_timeout: seconds } },
      { name: 'greeting', socketId: '1.2', silentMs: 30_000 },
    ]),
    ...['x', null, {}, '{}', { socket_id: 7 }, { socket_id: '' }].map((data): [string, unknown, object] => [
      `a greeting that names no socket: ${JSON.stringify(data)}`,
      { event: 'pusher:connection_established', data },
      { name: 'greeting', socketId: null, silentMs: 30_000 },
    ]),
    [
      'an error, whose data is a string',
      '{"event":"pusher:error","data":"{\\"code\\":4009,\\"message\\":\\"Connection is unauthorized\\"}"}',
      { name: 'error', code: 4009 },
    ],
    [
      'an error, whose data is an object',
      { event: 'pusher:error', data: { code: 4001 } },
      { name: 'error', code: 4001 },
    ],
    [
      'an error without a code',
      { event: 'pusher:error', data: { message: 'No.' } },
      { name: 'error', code: Number.NaN },
    ],
    [
      'an error whose code is no number, and cannot be made one',
      { event: 'pusher:error', data: { code: wordless } },
      { name: 'error', code: Number.NaN },
    ],
    ['a ping', '{"event":"pusher:ping"}', { name: 'ping' }],
    ['a pong', '{"event":"pusher:pong"}', { name: 'other' }],
    [
      'the confirmation',
      { event: 'pusher_internal:subscription_succeeded', data: '{}', channel: CHANNEL },
      { name: 'confirmed' },
    ],
    [
      'the confirmation of another channel',
      { event: 'pusher_internal:subscription_succeeded', data: '{}', channel: 'private-App.Models.User.2' },
      { name: 'other' },
    ],
    [
      'a refused subscription, as soketi says it',
      { event: 'pusher:subscription_error', channel: CHANNEL, data: { type: 'AuthError', status: 401 } },
      { name: 'not-confirmed', error: { type: 'AuthError', status: 401 } },
    ],
    [
      'a broadcast, whose data is a string',
      { event: EVENT, data: '{"message":"x"}', channel: CHANNEL },
      { name: 'broadcast', event: EVENT, payload: { message: 'x' } },
    ],
    [
      'a broadcast, whose data is an object',
      { event: EVENT, data: { message: 'x' }, channel: CHANNEL },
      { name: 'broadcast', event: EVENT, payload: { message: 'x' } },
    ],
    [
      'a broadcast, whose data is no JSON',
      { event: EVENT, data: 'plain', channel: CHANNEL },
      { name: 'broadcast', event: EVENT, payload: 'plain' },
    ],
    ['a broadcast without data', { event: EVENT, channel: CHANNEL }, { name: 'broadcast', event: EVENT }],
    ['a broadcast that nobody listens to', { event: 'order.shipped', data: '{}', channel: CHANNEL }, { name: 'other' }],
    ['a broadcast without a channel', { event: EVENT, data: '{}' }, { name: 'other' }],
    ['a broadcast of another channel', { event: EVENT, data: '{}', channel: 'private-x' }, { name: 'other' }],
    ['a cache channel that has nothing', { event: 'pusher:cache_miss', channel: CHANNEL }, { name: 'other' }],
    ['an error that names our channel', { event: 'pusher:error', data: '{}', channel: CHANNEL }, { name: 'other' }],
    ['nothing', '', { name: 'other' }],
    ['no JSON', '{"event":', { name: 'other' }],
    ['a list', '[]', { name: 'other' }],
    ['null', 'null', { name: 'other' }],
    ['no event', '{"data":"{}"}', { name: 'other' }],
    ['an event that is no string', { event: 7 }, { name: 'other' }],
    ['an event without words, on our channel', { event: { toString: 1 }, channel: CHANNEL }, { name: 'other' }],
  ])('that is %s', (_what, frame, expected) => {
    expect(read(frame)).toEqual({ ...expected })
  })

  it('that is not text is nothing', () => {
    expect(readFrame(new ArrayBuffer(8), CHANNEL, [EVENT])).toEqual({ name: 'other' })
  })

  it('is read whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.anything()), (text) => {
        expect(typeof readFrame(text, CHANNEL, [EVENT]).name).toBe('string')
      }),
    )
  })
})
