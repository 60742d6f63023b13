/** What has arrived on one way and waits for its turn. */
export interface Queue {
  bytes(): number
  /** The piece whose turn it is; null when there is none. */
  head(): { readonly bytes: number; readonly dueMs: number } | null
  /** Adds a piece. It is never due before the piece ahead of it: a late packet delays those behind. */
  add(piece: Buffer, dueMs: number): void
  /** Takes so many bytes off the head piece. */
  take(bytes: number): Buffer
}

interface Piece {
  readonly data: Buffer
  readonly dueMs: number
}

/** An empty queue. */
export const createQueue = (): Queue => {
  const pieces: Piece[] = []
  let bytes = 0
  return {
    bytes: () => bytes,
    head: () => (pieces[0] ? { bytes: pieces[0].data.length, dueMs: pieces[0].dueMs } : null),
    add: (data, dueMs) => {
      bytes += data.length
      pieces.push({ data, dueMs: Math.max(dueMs, pieces.at(-1)?.dueMs ?? 0) })
    },
    take: (wanted) => {
      const taken = takeFrom(pieces, wanted)
      bytes -= taken.length
      return taken
    },
  }
}

const takeFrom = (pieces: Piece[], wanted: number): Buffer => {
  const piece = pieces.shift()
  if (!piece) return Buffer.alloc(0)
  const rest = piece.data.subarray(wanted)
  if (rest.length > 0) pieces.unshift({ ...piece, data: rest })
  return piece.data.subarray(0, wanted)
}
