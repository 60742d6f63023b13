import { json, type Reply } from '../http/reply'
import { channelInfo, channelInfos } from './channel-info'
import { kindOf } from './channel-kind'
import { usersAmong } from './presence'
import type { RunningApplication } from './running-application'
import type { SignedRoute } from './signed-route'

/** What publishers may ask about channels and connections. Recorded: Reverb 1.10.2. */
export const channelRoutes: readonly SignedRoute[] = [
  ['GET', '/connections', ({ channels }) => json(200, { connections: channels.subscribed().size })],
  [
    'GET',
    '/channels',
    ({ channels }, { query }) => {
      const names = channels.names().filter((name) => name.startsWith(query.get('filter_by_prefix') ?? ''))
      return json(200, { channels: channelInfos(channels, names, query.get('info') ?? '') })
    },
  ],
  [
    'GET',
    '/channels/:channel',
    ({ channels }, { query }, { channel = '' }) =>
      json(200, channelInfo(channels, channel, `${query.get('info') ?? ''},occupied`)),
  ],
  ['GET', '/channels/:channel/users', (application, _, { channel = '' }) => usersOf(application, channel)],
]

const usersOf = ({ channels }: RunningApplication, channel: string): Reply => {
  const members = channels.members(channel)
  if (members.length === 0) return json(404, {})
  if (!kindOf(channel).presence) return json(400, {})
  return json(200, { users: usersAmong(members).map(({ user_id: id }) => ({ id })) })
}
