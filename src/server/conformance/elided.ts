/** A long frame of which the recorder kept the beginning and the length. */
interface Elided {
  readonly beginning: string
  readonly length: number
  /** What the recorder wrote for the rest: `…(9876 chars)`. */
  readonly mark: string
}

/** Reads a frame that ends in `…(9876 chars)` or `…(9876 bytes)`; null when a frame is whole. */
export const readElided = (frame: string): Elided | null => {
  const [, beginning, mark = '', length] = /^(.*)(…\((\d+) (?:chars|bytes)\))$/.exec(frame) ?? []
  return beginning === undefined ? null : { beginning, length: Number(length), mark }
}

/** A whole frame of the recorded length: its last letter goes on until the end, which is `ending`. */
export const fillElided = ({ beginning, length }: Elided, ending: string): string =>
  beginning + beginning.slice(-1).repeat(Math.max(0, length - beginning.length - ending.length)) + ending

/** A frame as the recorder would have written it beside `recorded`: cut where that one was cut. */
export const elideLike = (recorded: string, frame: string): string => {
  const elided = readElided(recorded)
  return elided ? `${frame.slice(0, elided.beginning.length)}…(${frame.length} chars)` : frame
}
