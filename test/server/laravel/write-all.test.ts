import { EventEmitter } from 'node:events'
import { chmod, chown, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Change } from '../../../src/server/laravel/step'
import { whyNot, writeAll } from '../../../src/server/laravel/write-all'
import { changedIn, contentsOf, makeApp, put, textOf } from './support/app'

const change = (root: string, path: string, before: string | null, after = 'new'): Change => ({
  path,
  real: join(root, path),
  before,
  after,
})

describe('writing', () => {
  it('is done in all places, with the folders that are missing, and leaves nothing else behind', async () => {
    const root = await makeApp({ a: 'old' })
    expect(await writeAll(root, [change(root, 'a', 'old'), change(root, 'b/c/d', null)])).toBe(null)
    expect(await contentsOf(root)).toEqual({ a: 'new', 'b/c/d': 'new' })
  })

  it('is not ended in the middle by a signal, and hears of none afterwards', async () => {
    const root = await makeApp({ a: 'old' })
    const signals = new EventEmitter()
    const done = writeAll(root, [change(root, 'a', 'old'), change(root, 'b', null)], signals)
    const heard = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => signals.emit(signal))
    expect(heard).toEqual([true, true, true])
    expect(await done).toBe(null)
    expect(await contentsOf(root)).toEqual({ a: 'new', b: 'new' })
    expect(signals.eventNames()).toEqual([])
    await writeAll(root, [change(root, 'a', 'another')], signals)
    expect(signals.eventNames()).toEqual([])
  })

  it('takes away what a run that was killed has left beside a file, and nothing else', async () => {
    const others = { '.env.backup.tmp': '', '.env.0123456.tmp': '', '..env.0123456g.tmp': '', 'env.01234567.tmp': '' }
    const root = await makeApp({ '.env': 'old', '..env.01234567.tmp': 'secret', ...others })
    expect(await writeAll(root, [change(root, '.env', 'old')])).toBe(null)
    expect(await contentsOf(root)).toEqual({ '.env': 'new', ...others })
  })

  it('keeps who may read a file', async () => {
    const root = await makeApp({ '.env': 'old' })
    await chmod(join(root, '.env'), 0o640)
    await writeAll(root, [change(root, '.env', 'old')])
    expect((await stat(join(root, '.env'))).mode & 0o777).toBe(0o640)
  })

  it('keeps whose a file is, and of which group, by which a web server may read it', async () => {
    const root = await makeApp({ '.env': 'old' })
    const { uid } = await stat(join(root, '.env'))
    const [owner, group] = uid === 0 ? [12_345, 12_346] : [uid, process.getgroups?.().at(-1) ?? 0]
    await chown(join(root, '.env'), owner, group)
    expect(await writeAll(root, [change(root, '.env', 'old')])).toBe(null)
    expect(await stat(join(root, '.env'))).toMatchObject({ uid: owner, gid: group })
  })

  it.each([
    ['a file has changed meanwhile', 'z', 'another', 'it has changed meanwhile'],
    ['a file has come meanwhile', 'z', null, 'it has changed meanwhile'],
  ])('is taken back where %s', async (_, path, before, why) => {
    const root = await makeApp({ a: 'old', z: 'theirs', 'kept/x': 'x' })
    const changes = [
      change(root, 'a', 'old'),
      change(root, 'b/c/d', null),
      change(root, 'kept/y', null),
      change(root, path, before),
    ]
    const contents = await contentsOf(root)
    expect(await writeAll(root, changes)).toBe(`z cannot be written (${why}); nothing was written`)
    expect(changedIn(contents, await contentsOf(root))).toEqual([])
    expect(await readdir(root)).toEqual(['a', 'kept', 'z'])
  })

  it('is taken back where a place turns out to be a folder, and a folder where somebody put something stays', async () => {
    const root = await makeApp({ a: 'old' })
    await mkdir(join(root, 'z'))
    const changes = [change(root, 'a', 'old'), change(root, 'b/c', null), change(root, 'z', null)]
    expect(await writeAll(root, changes)).toBe('z cannot be written (EISDIR); nothing was written')
    expect(await contentsOf(root)).toEqual({ a: 'old' })
    expect(await readdir(root)).toEqual(['a', 'z'])
  })

  it('never begins where a folder is in the way of it', async () => {
    const root = await makeApp({ a: 'old', file: 'x' })
    expect(await writeAll(root, [change(root, 'a', 'old'), change(root, 'file/b', null)])).toMatch(
      /^file\/b cannot be written \(E\w+\); nothing was written$/,
    )
    expect(await contentsOf(root)).toEqual({ a: 'old', file: 'x' })
  })
})

describe('before anything is written', () => {
  it('nothing is said where all can be', async () => {
    const root = await makeApp({ a: 'old' })
    expect(await whyNot(root, [change(root, 'a', 'old'), change(root, 'b/c/d', null)])).toBe(null)
  })

  it('it is said which folder or file cannot be written', async () => {
    const root = await makeApp({ 'a/b': 'old' })
    const without = (path: string) => async (asked: string) => asked !== join(root, path)
    const changes = [change(root, 'a/c/d', null), change(root, 'a/b', 'old')]
    expect(await whyNot(root, changes, without('a'))).toBe('a cannot be written')
    expect(await whyNot(root, changes, without('a/b'))).toBe('a/b cannot be written')
    expect(await whyNot(root, [change(root, 'x', null)], without(''))).toBe('the folder cannot be written')
    expect(await contentsOf(root)).toEqual({ 'a/b': 'old' })
  })

  it('it is said where a file is in the way of a folder, and what leads out of the app', async () => {
    const root = await makeApp({ a: 'old' })
    expect(await whyNot(root, [change(root, 'a/b/c', null)])).toBe('a is a file, and a/b/c would lie in it')
    await put(join(root, '..'), 'out/x', '')
    await writeFile(join(root, 'b'), '')
    expect(await whyNot(root, [{ ...change(root, 'b', ''), real: join(root, '../out/x') }])).toBe(
      'b leads out of the app by a symlink',
    )
    expect(await textOf(root, 'b')).toBe('')
  })
})
