import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { getMimeType } from 'hono/utils/mime'
import { type Call, expectsJson, type Handler } from './http/call'
import { formatPlace, type Place } from './http/host'
import { html, json, type Reply } from './http/reply'
import { decodePiece } from './http/routes'
import type { Dress } from './shop/shop'

/** What pages are made from. */
interface PagesOptions {
  /** The folder they lie in. */
  readonly folder: string
  /** Headers of pages, over their usual ones. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** What a page carries of its visitor. */
  dress(call: Call): Dress
}

/** Stands in a page where its block goes. */
const BLOCK_MARKER = '<!-- cart-echo -->'

/** Stands in a page where the session's CSRF token goes. */
const CSRF_MARKER = '%CSRF%'

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
  'Content-Type': getMimeType(file) ?? 'application/octet-stream',
  'Cache-Control': 'no-cache',
})

const notFound = (call: Call): Reply =>
  expectsJson(call)
    ? json(404, { message: 'Not found.' })
    : html(404, '<!DOCTYPE html>\n<html lang="en"><head><title>Not found</title></head><body>Not found</body></html>\n')

/**
 * The file of a folder that a path names: `/` is index.html, `/cart` is cart.html. Null when there is none, and for
 * everything that leads out of the folder, be it by dots, by encoding or by a symbolic link, and for hidden files.
 */
const locate = async (folder: string, path: string): Promise<string | null> => {
  const pieces = piecesOf(path)
  if (!pieces) return null
  const file = await resolved(join(folder, ...pieces))
  const root = await resolved(folder)
  if (file === null || root === null || !file.startsWith(root + sep)) return null
  return (await stat(file)).isFile() ? file : null
}

const piecesOf = (path: string): readonly string[] | null => {
  const pieces = path.slice(1).split('/').map(decodePiece)
  if (!pieces.every(isPlain)) return null
  const last = pieces.at(-1)
  const name = last || 'index.html'
  return [...pieces.slice(0, -1), extname(name) === '' ? `${name}.html` : name]
}

const isPlain = (piece: string | null, index: number, all: readonly unknown[]): piece is string => {
  if (piece === '') return index === all.length - 1
  return piece !== null && !piece.startsWith('.') && !/[/\\\0]/.test(piece)
}

const resolved = (file: string): Promise<string | null> => realpath(file).catch(() => null)

type Headers = Readonly<Record<string, string>>

/** The headers of a page: kept nowhere, and under a policy that knows no inline script or style and no other host. Those given come over them. */
const pageHeaders = (place: Place, given: Headers = {}): Headers => {
  const own = {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': contentSecurityPolicy(formatPlace(place)),
    'Referrer-Policy': 'same-origin',
  }
  const taken = new Set(Object.keys(given).map((name) => name.toLowerCase()))
  const kept = Object.entries(own).filter(([name]) => !taken.has(name.toLowerCase()))
  return { ...Object.fromEntries(kept), ...given }
}

// `'self'` alone does not let every browser open a socket to its own host.
const contentSecurityPolicy = (host: string): string =>
  [
    "default-src 'self'",
    `connect-src 'self' ws://${host} wss://${host}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'self'",
    "object-src 'none'",
  ].join('; ')
