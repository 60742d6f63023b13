import { onTestFinished } from 'vitest'
import { tapWires, type Wires } from './tap-wires'

export type { Wires } from './tap-wires'

/** Watches every TCP connection from now on until the test is over. */
export const watchWires = (): Wires => {
  const { settled, release } = tapWires()
  onTestFinished(release)
  return { settled }
}
