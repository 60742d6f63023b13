import type { Call, Handler } from '../http/call'
import { expectsJson } from '../http/expects-json'
import { readFields } from '../http/fields'
import { html, json, type Reply } from '../http/reply'
import { firstOf, route } from '../http/routes'
import type { Application } from '../reverb/application'
import { signChannel } from '../reverb/signature'
import { channelOf } from './customers'
import type { Sessions } from './sessions'

/** What channel authorisation works on. */
export interface ChannelAuthOptions {
  readonly application: Application
  readonly sessions: Sessions
}

/**
 * `/broadcasting/auth`, by POST (form or JSON) or GET, without CSRF: whether the session's customer may hear a channel.
 * Answers as recorded in auth.txt, except that ids are compared as strings: `User.01` is nobody's. Writes no session.
 */
export const createChannelAuth = (options: ChannelAuthOptions): Handler => {
  const answer = (call: Call): Reply => authorise(options, call)
  return firstOf([route('POST', '/broadcasting/auth', answer), route('GET', '/broadcasting/auth', answer)])
}

const SOCKET_ID = /^\d+\.\d+$/

const authorise = ({ application, sessions }: ChannelAuthOptions, call: Call): Reply => {
  const { channel_name: channel, socket_id: socketId } = readFields(call)
  const customer = sessions.find(call.headers.cookie)?.customer
  if (!customer || channel !== `private-${channelOf(customer)}`) return failure(call, 403, '')
  if (typeof socketId !== 'string' || !SOCKET_ID.test(socketId)) return failure(call, 500, 'Server Error')
  return json(200, { auth: `${application.key}:${signChannel(application.secret, socketId, channel)}` })
}

const failure = (call: Call, status: number, message: string): Reply => {
  if (expectsJson(call)) return json(status, { message })
  const title = status === 403 ? 'Forbidden' : 'Server Error'
  return html(
    status,
    `<!DOCTYPE html>\n<html lang="en"><head><title>${title}</title></head><body>${title}</body></html>\n`,
  )
}
