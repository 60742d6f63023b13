import { parseJson } from '../http/fields'
import { kindOf } from './channel-kind'
import type { Channels } from './channels'
import { usersAmong } from './presence'

/** What publishers are told of a channel. What was not asked for, or does not fit its kind, is left out. */
export interface ChannelInfo {
  readonly occupied?: boolean | undefined
  readonly user_count?: number | undefined
  readonly subscription_count?: number | undefined
  readonly cache?: unknown
}

/**
 * Looks up what is asked of a channel, by commas. Presence channels count users, all others subscriptions. Recorded:
 * Reverb 1.10.2; source: laravel/reverb, `InteractsWithChannelInformation`.
 */
export const channelInfo = (channels: Channels, channel: string, asked: string): ChannelInfo => {
  const [wants, { presence, cached }] = [asked.split(','), kindOf(channel)]
  const members = channels.members(channel)
  const wanted = (name: string, isOurs: boolean): boolean => wants.includes(name) && isOurs
  const isThere = members.length > 0
  return {
    ...(wants.includes('occupied') && { occupied: isThere }),
    ...(wanted('user_count', isThere && presence) && { user_count: usersAmong(members).length }),
    ...(wanted('subscription_count', isThere && !presence) && { subscription_count: members.length }),
    ...(wanted('cache', cached && channels.last(channel) !== null) && {
      cache: parseJson(channels.last(channel) ?? ''),
    }),
  }
}

/** The same of several channels, by name; an empty list of none, as PHP writes it. */
export const channelInfos = (channels: Channels, names: readonly string[], asked: string): unknown =>
  names.length === 0 ? [] : Object.fromEntries(names.map((name) => [name, channelInfo(channels, name, asked)]))
