import type { Member } from './channels'

/** Who is on a presence channel, as those who join are told. Source: Pusher protocol. */
export interface Presence {
  readonly count: number
  readonly ids: readonly unknown[]
  /** `user_info` by `user_id`; an empty list when nobody is there, as PHP writes it. */
  readonly hash: Readonly<Record<string, unknown>> | readonly never[]
}

/** True when one of the members is that user. Nobody is the user without an id. */
export const isPresent = (members: readonly Member[], userId: unknown): boolean =>
  isId(userId) && members.some((member) => String(member.user_id) === String(userId))

/** Each user once, however many connections they have. */
export const usersAmong = (members: readonly Member[]): readonly Member[] =>
  members.filter(({ user_id }, index) => members.findIndex((other) => other.user_id === user_id) === index)

/**
 * The presence of the members of a channel; nobody's, when one of them has no id. Source: laravel/reverb,
 * `InteractsWithPresenceChannels`.
 */
export const presenceOf = (members: readonly Member[]): Presence => {
  const present = usersAmong(members)
  if (present.length === 0 || !present.every(({ user_id }) => isId(user_id))) return { count: 0, ids: [], hash: [] }
  return {
    count: present.length,
    ids: present.map(({ user_id }) => user_id),
    hash: Object.fromEntries(present.map(({ user_id, user_info }) => [String(user_id), user_info ?? null])),
  }
}

/** True for what can be a user's id: a filled string or a number. */
export const isId = (value: unknown): value is string | number =>
  (typeof value === 'string' && value !== '') || typeof value === 'number'
