import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { serve } from '../support/serve'
import { examine, notes, wrongs } from './support/examine'
import { front, handMade } from './support/front'

const pinOf = (code: string, name = 'sha384'): string => `${name}-${createHash(name).update(code).digest('base64')}`

const ENGINE = 'export const open = () => {}'
/** What the build writes into the tag. */
const tagOf = (version: string, engine = pinOf(ENGINE)): string =>
  `(()=>{var{version:e,engine:t}={version:"${version}",engine:"${engine}"}})()`
const TAG = tagOf('0.1.0')

interface Files {
  readonly tag?: string | null
  readonly engine?: string | null
  /** Attributes of the tag beside `src`. */
  readonly attributes?: string
  /** True: the files are another origin's. */
  readonly isForeign?: boolean
}

/** Examines a healthy page with a tag of these files. */
const examineTag = async ({ tag = TAG, engine = ENGINE, attributes = '', isForeign = false }: Files) => {
  const files: Record<string, string | null> = { '/js/cart-echo.global.js': tag, '/js/cdn/engine.js': engine }
  const cdn = await handMade((request, response) => {
    const file = files[request.url ?? '']
    response.writeHead(file ? 200 : 404, { 'Content-Type': file ? 'text/javascript' : 'text/html' }).end(file)
  })
  const server = await serve({ autoLogin: 1 })
  const url = await front(server, (passing, path) => {
    const file = files[path]
    if (file && !isForeign)
      Object.assign(passing, { status: 200, headers: { 'content-type': 'text/javascript' }, body: file })
    delete passing.headers['content-security-policy']
    const src = `${isForeign ? cdn : ''}/js/cart-echo.global.js`
    passing.body = passing.body.replace('<head>', `<head><script src="${src}" ${attributes} defer></script>`)
  })
  return examine(`${url}/`)
}

describe('a tag', () => {
  it.each([
    ['of the page’s own origin', { attributes: `integrity="${pinOf(TAG)}"` }],
    [
      'of another origin',
      { isForeign: true, attributes: `integrity="${pinOf(TAG, 'sha512')}" crossorigin="anonymous"` },
    ],
    ['without integrity', {}],
  ])('%s that is in order is right', async (_, files) => {
    const report = await examineTag(files)
    expect([wrongs(report), notes(report)]).toEqual([[], []])
    expect(report.findings.find(({ about }) => about === 'tag')?.what).toContain('The tag is 0.1.0')
  })

  it('whose file is not there is found', async () => {
    expect(wrongs(await examineTag({ tag: null, isForeign: true }))).toEqual(['tag-not-there'])
  })

  it('whose file is another than its integrity says is found', async () => {
    expect(wrongs(await examineTag({ attributes: `integrity="${pinOf('another')}"` }))).toEqual(['tag-integrity'])
  })

  it('with a weak and a strong pin is judged by the strong one', async () => {
    const attributes = `integrity="${pinOf(TAG, 'sha256')} ${pinOf('another', 'sha512')}"`
    expect(wrongs(await examineTag({ attributes }))).toEqual(['tag-integrity'])
  })

  it('with integrity, of another origin, and without crossorigin is found', async () => {
    const attributes = `integrity="${pinOf(TAG)}"`
    expect(wrongs(await examineTag({ attributes, isForeign: true }))).toEqual(['tag-crossorigin'])
  })

  it.each([
    ['is not there', null],
    ['is of another build', 'export const open = null'],
  ])('whose engine %s is found', async (_, engine) => {
    expect(wrongs(await examineTag({ engine, isForeign: true }))).toEqual(['tag-parts'])
  })

  it('of another version works, and says so', async () => {
    const report = await examineTag({ tag: tagOf('0.0.9') })
    expect([wrongs(report), notes(report)]).toEqual([[], ['tag-version']])
  })

  it('that says who is looking and where Reverb is needs no block', async () => {
    const url = await handMade((request, response) => {
      const isPage = request.url === '/'
      const tag =
        '<script src="/cart-echo.global.js" data-user="7" data-reverb-key="k" data-reverb-port="1" data-reverb-scheme="http"></script>'
      response
        .writeHead(200, { 'Content-Type': isPage ? 'text/html' : 'text/javascript' })
        .end(isPage ? tag : '// ours')
    })
    const report = await examine(url)
    expect(report.findings[0]?.what).toBe('It says who is looking, and reverb.')
    expect(wrongs(report)).toContain('reverb-refused')
  })
})
