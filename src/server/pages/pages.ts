import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Call, Handler } from '../http/call'
import { expectsJson } from '../http/expects-json'
import { html, json, type Reply } from '../http/reply'
import type { Dress } from '../shop/shop'
import { locate } from './locate'
import { mediaType } from './media-types'
import { pageHeaders } from './policy'

/** What pages are made from. */
export interface PagesOptions {
  /** The folder they lie in. */
  readonly folder: string
  /** Headers of pages, over their usual ones. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** What a page carries of its visitor. */
  dress(call: Call): Dress
}

/** Stands in a page where its block goes. */
export const BLOCK_MARKER = '<!-- cart-echo -->'

/** Stands in a page where the session's CSRF token goes. */
export const CSRF_MARKER = '%CSRF%'

/** Serves a folder: files as they are, pages (`*.html`) with their two markers filled in. */
export const createPages =
  ({ folder, headers, dress }: PagesOptions): Handler =>
  async (call) => {
    if (call.method !== 'GET') return null
    const file = await locate(folder, call.path)
    if (file === null) return notFound(call)
    if (extname(file) === '.html') return page(await readFile(file, 'utf8'), dress(call), headers)
    return { status: 200, headers: fileHeaders(file), body: await readFile(file) }
  }

const page = (source: string, { block, csrfToken, cookies, place }: Dress, headers: PagesOptions['headers']): Reply => {
  // By function: in a text a `$` would be read as a reference.
  const body = source.replaceAll(BLOCK_MARKER, () => block).replaceAll(CSRF_MARKER, () => csrfToken)
  return html(200, body, { ...pageHeaders(place, headers), ...(cookies.length > 0 ? { 'Set-Cookie': cookies } : {}) })
}

const fileHeaders = (file: string): Reply['headers'] => ({
  'Content-Type': mediaType(file),
  'Cache-Control': 'no-cache',
})

const notFound = (call: Call): Reply =>
  expectsJson(call)
    ? json(404, { message: 'Not found.' })
    : html(404, '<!DOCTYPE html>\n<html lang="en"><head><title>Not found</title></head><body>Not found</body></html>\n')
