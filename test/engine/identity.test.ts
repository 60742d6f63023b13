import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CartEchoError } from '../../src/engine/errors'
import { identityKey, isSameShopper, type PageIdentity, readShopper, readUser } from '../../src/engine/identity'

const codeOf = (run: () => unknown): string | null => {
  try {
    run()
    return null
  } catch (error) {
    return error instanceof CartEchoError ? error.code : String(error)
  }
}

describe('a user', () => {
  it.each([undefined, null, ''])('is nobody when it is %j', (user) => {
    expect(readUser(user)).toBeNull()
  })

  it.each([
    [7, '7'],
    [0, '0'],
    [-0, '0'],
    [-1, '-1'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    ['7', '7'],
    ['0', '0'],
    ['0199f3a2-1c4b-7d2e-9f10-aabbccddeeff', '0199f3a2-1c4b-7d2e-9f10-aabbccddeeff'],
    ['01JDC0M3E8Y5N6Q7R8S9T0V1W2', '01JDC0M3E8Y5N6Q7R8S9T0V1W2'],
    ['ali@example.com', 'ali@example.com'],
    ['tenant;7', 'tenant;7'],
    ['nullable', 'nullable'],
    ['x'.repeat(120), 'x'.repeat(120)],
  ])('is read from %j', (user, expected) => {
    expect(readUser(user)).toBe(expected)
  })

  it.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1.5,
    2 ** 53,
    true,
    false,
    1n,
    {},
    [],
    [7],
    Object.create(null),
    { toString: null },
    Symbol('user'),
    () => 7,
    'undefined',
    'null',
    'NULL',
    'NaN',
    'true',
    'False',
    '[object Object]',
    ' ',
    ' 7',
    '7\n',
    '{{ $user->id }}',
    'a/b',
    'a:b',
    'ä',
    'x'.repeat(121),
  ])('is refused: case %#', (user) => {
    expect(codeOf(() => readUser(user))).toBe('invalid-user')
  })

  it('is a name fit for a channel, nobody, or refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true }), (user) => {
        try {
          expect(readUser(user) ?? 'nobody').toMatch(/^[\w\-=@,.;]{1,120}$/)
        } catch (error) {
          expect(error).toMatchObject({ name: 'CartEchoError', code: 'invalid-user' })
        }
      }),
    )
  })
})

describe("a page's identity", () => {
  it('says nothing when it is empty', () => {
    expect(readShopper({})).toEqual({
      user: null,
      guest: false,
      owner: null,
      cursor: null,
      enabled: true,
      problems: [],
    })
  })

  it('is read whole', () => {
    const problems = [new CartEchoError('invalid-page', 'x')]
    expect(readShopper({ user: 7, owner: 'h7Qk', cursor: 'b7f3:17', enabled: false, problems })).toEqual({
      user: '7',
      guest: false,
      owner: 'h7Qk',
      cursor: { epoch: 'b7f3', seq: 17 },
      enabled: false,
      problems,
    })
  })

  it.each([undefined, null, ''])('has neither owner nor cursor where they are %j', (none) => {
    expect(readShopper({ owner: none, cursor: none })).toMatchObject({ owner: null, cursor: null })
  })

  it.each<unknown>([
    'b7f3',
    'b7f3:',
    ':1',
    'b7f3:-1',
    'b7f3:1.5',
    'b7f3:01',
    17,
    1n,
    {},
    ['b7f3:17'],
    Object.create(null),
  ])('is refused for a malformed cursor: case %#', (cursor) => {
    expect(codeOf(() => readShopper({ cursor } as PageIdentity))).toBe('invalid-cursor')
  })
})

describe('two identities', () => {
  it.each([
    [{ user: 7 }, { user: '7' }, true],
    [{ user: 7 }, { user: 8 }, false],
    [{ user: 7 }, {}, false],
    [{}, {}, true],
    [{ user: '' }, { user: null }, true],
    [{ user: 7, owner: 'a' }, { user: 7, owner: 'a' }, true],
    [{ user: 7, owner: 'a' }, { user: 7, owner: 'b' }, false],
    [{ user: 7, owner: 'a' }, { user: 7 }, true],
    [{ user: 7 }, { user: 7, owner: 'a' }, true],
    [{ user: 7, owner: 'a' }, { user: 8, owner: 'a' }, false],
    [{ owner: 'a' }, { owner: 'b' }, false],
    [{ user: 7, cursor: 'a:1' }, { user: 7, cursor: 'b:9' }, true],
    [{ user: 7, enabled: true }, { user: 7, enabled: false }, true],
  ])('%j and %j: the same customer? %j', (one, other, same) => {
    const [a, b] = [readShopper(one), readShopper(other)]
    expect(isSameShopper(a, b)).toBe(same)
    expect(isSameShopper(b, a)).toBe(same)
  })
})

describe('the text of an identity', () => {
  it('is the same for the same identity, and another where anything of it is another', () => {
    const identity: PageIdentity = { user: 7, guest: false, owner: 'mine', cursor: 'e1:1', enabled: true }
    expect(identityKey({ ...identity, problems: [] })).toBe(identityKey(identity))
    const others: PageIdentity[] = [
      { user: 8 },
      { guest: true },
      { owner: 'o' },
      { cursor: 'e1:2' },
      { enabled: false },
    ]
    expect(new Set([identity, ...others.map((other) => ({ ...identity, ...other }))].map(identityKey)).size).toBe(6)
  })

  it('is there whatever is in the identity, also what has no JSON', () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    for (const user of [7n, cycle, Object.create(null), Symbol('x')]) {
      expect(identityKey({ user, owner: user, problems: user } as unknown as PageIdentity)).toEqual(expect.any(String))
    }
  })
})
