import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { readChannel } from '../../src/engine/settings'

const failureOf = (template: string): CartEchoError | null => {
  try {
    readChannel(template)
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

  it.each([
    ['', 'It needs {user}'],
    ['App.Models.User.7', 'It needs {user}'],
    ['App.Models.User.{ user }', 'It needs {user}'],
    ['App.Models.User.{id}', 'It needs {user}'],
    ['private-App.Models.User.{user}', 'Leave the prefix out'],
    ['private-encrypted-a.{user}', 'Leave the prefix out'],
    ['presence-a.{user}', 'Leave the prefix out'],
    ['App\\Models\\User.{user}', 'Only letters'],
    ['a b.{user}', 'Only letters'],
    ['a/{user}', 'Only letters'],
    ['a.{user}{id}', 'Only letters'],
    ['a.{user}\n', 'Only letters'],
    ['ä.{user}', 'Only letters'],
  ])('cannot come from %j', (template, why) => {
    const error = failureOf(template)
    expect(error?.code).toBe('invalid-channel')
    expect(error?.message).toContain(why)
  })
})
