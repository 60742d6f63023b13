import { CartEchoError, wordsOf } from './errors'

/** Laravel's own channel for a user, which is also its notification channel. */
export const USER_CHANNEL = 'App.Models.User.{user}'

/**
 * A function from a user to the name of that user's channel, without `private-`.
 * @throws {CartEchoError} `invalid-channel` when the template has no `{user}`, starts with `private-`, or holds characters
 * that the Pusher protocol does not allow in a channel name (https://pusher.com/docs/channels/using_channels/channels/).
 */
export const readChannel = (said?: string | null): ((user: string) => string) => {
  const template = said ?? USER_CHANNEL
  if (typeof template !== 'string') throw invalid(wordsOf(template), 'It is no text.')
  if (!template.includes('{user}')) throw invalid(template, 'It needs {user}, or all shoppers would share it.')
  // Where the key is another nothing is heard, and nobody says so (pusher-js 8.6, core/channels/encrypted_channel.ts).
  if (template.startsWith('encrypted-')) throw invalid(template, 'Encrypted channels cannot be listened to.')
  if (/^(private|presence)-/.test(template)) throw invalid(template, 'Leave the prefix out: Echo adds it.')
  if (!/^[\w\-=@,.;]*$/.test(template.replaceAll('{user}', ''))) {
    throw invalid(template, 'Only letters, digits and _ - = @ , . ; may stand in it, beside {user}.')
  }
  return (user) => template.replaceAll('{user}', user)
}

const invalid = (template: string, why: string): CartEchoError =>
  new CartEchoError('invalid-channel', `${JSON.stringify(template)} cannot be the channel. ${why}`)
