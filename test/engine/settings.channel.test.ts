import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { readChannel } from '../../src/engine/settings'

const failureOf = (template: unknown): CartEchoError | null => {
  try {
    readChannel(template as string)
    return null
  } catch (error) {
    if (error instanceof CartEchoError) return error
    throw error
  }
}

describe('a channel', () => {
  it.each([
    [undefined, 'App.Models.User.7'],
    ['App.Models.User.{user}', 'App.Models.User.7'],
    ['shop,{user};cart', 'shop,7;cart'],
    ['{user}', '7'],
    ['a.{user}.b.{user}', 'a.7.b.7'],
    ['my-private-{user}', 'my-private-7'],
  ])('of the template %j is the user in its place', (template, name) => {
    expect(readChannel(template)('7')).toBe(name)
  })

  it.each<[unknown, string]>([
    ['', 'channel: expected {user} in it'],
    ['App.Models.User.7', 'channel: expected {user} in it'],
    ['App.Models.User.{ user }', 'channel: expected {user} in it'],
    ['App.Models.User.{id}', 'channel: expected {user} in it'],
    ['private-App.Models.User.{user}', 'without prefix'],
    ['private-encrypted-a.{user}', 'without prefix'],
    ['presence-a.{user}', 'without prefix'],
    ['encrypted-a.{user}', 'without prefix'],
    [7, 'channel: expected {user} in it'],
    ['App\\Models\\User.{user}', 'only {user} and A-Z'],
    ['a b.{user}', 'only {user} and A-Z'],
    ['a/{user}', 'only {user} and A-Z'],
    ['a.{user}{id}', 'only {user} and A-Z'],
    ['a.{user}\n', 'only {user} and A-Z'],
    ['ä.{user}', 'only {user} and A-Z'],
  ])('cannot come from %j', (template, why) => {
    const error = failureOf(template)
    expect(error?.code).toBe('invalid-channel')
    expect(error?.message).toContain(why)
  })
})
