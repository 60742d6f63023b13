/** What the name of a channel says about it. */
export interface ChannelKind {
  /** One needs a signature. */
  readonly guarded: boolean
  /** Who is there is told to those who are there. */
  readonly presence: boolean
  /** The last event is told to whoever comes. */
  readonly cached: boolean
}

const kind = (...words: readonly (keyof ChannelKind)[]): ChannelKind => ({
  guarded: words.includes('guarded'),
  presence: words.includes('presence'),
  cached: words.includes('cached'),
})

const KINDS: readonly (readonly [prefix: string, kind: ChannelKind])[] = [
  ['private-cache-', kind('guarded', 'cached')],
  ['presence-cache-', kind('guarded', 'presence', 'cached')],
  ['cache', kind('cached')],
  ['private', kind('guarded')],
  ['presence', kind('guarded', 'presence')],
]

/**
 * The kind of a channel. As in Reverb the dash does not count: `privateers` needs a signature, `cached` is a cache
 * channel. Source: laravel/reverb, `ChannelBroker`.
 */
export const kindOf = (channel: string): ChannelKind =>
  KINDS.find(([prefix]) => channel.startsWith(prefix))?.[1] ?? kind()
