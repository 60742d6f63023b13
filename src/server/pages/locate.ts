import { realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { decodePiece } from '../http/routes'

/**
 * The file of a folder that a path names: `/` is index.html, `/cart` is cart.html. Null when there is none, and for
 * everything that leads out of the folder, be it by dots, by encoding or by a symbolic link, and for hidden files.
 */
export const locate = async (folder: string, path: string): Promise<string | null> => {
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
