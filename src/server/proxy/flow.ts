import type { Socket } from 'node:net'
import type { Direction, ProxyFault } from './fault'
import { nextStep, type Step, type Struck } from './step'
import { createWay } from './way'

/** What one way of a connection is made of. */
export interface FlowOptions {
  readonly direction: Direction
  readonly from: Socket
  readonly to: Socket
  readonly random: () => number
  faults(): readonly Struck[]
  /** A fault wants the connection cut, now that everything before has gone out. */
  onCut(fault: ProxyFault & { kind: 'cut' }): void
}

/** One way of a connection: carries what `from` sends to `to`, as far as the faults let it. */
export interface Flow {
  /** Bytes passed on or thrown away. */
  taken(): number
  /** Bytes passed on. */
  passed(): number
  /** Goes on as far as it can. To be called when faults came or went. */
  pump(): void
  /** Carries nothing any more; whatever still arrives is thrown away. */
  stop(): void
}

/** libuv tells a reset that comes together with the last bytes as an ordinary end: the bytes get this much of a start. */
const BEFORE_RESET_MS = 10

/** Starts carrying. */
export const startFlow = ({ direction, from, to, random, faults, onCut }: FlowOptions): Flow => {
  const way = createWay(direction, faults, random)
  let timer: ReturnType<typeof setTimeout> | undefined
  let [isWriting, isOver] = [false, false]

  const pump = (): void => {
    if (isOver) return
    clearTimeout(timer)
    while (!isOver && !isWriting && act(nextStep(way.line(), Date.now())));
    keepWithinWindow()
  }

  /** True when the step after may be taken at once. */
  const act = (step: Step): boolean => {
    if (step.kind === 'discard') way.discard()
    else if (step.kind === 'pass') pass(step.bytes, step.takesMs)
    else if (step.kind === 'later') timer = setTimeout(pump, step.inMs)
    else if (step.kind === 'finish') finish(step.how)
    else if (step.kind === 'cut') cut(step.fault)
    return step.kind === 'discard'
  }

  // One write at a time: a cut or a reset that comes next must not overtake what the other side was to have.
  const pass = (bytes: number, takesMs: number): void => {
    isWriting = true
    to.write(way.pass(bytes, takesMs), () => {
      isWriting = false
      pump()
    })
  }

  const finish = (how: 'end' | 'reset'): void => {
    stop()
    if (how === 'end') to.end()
    else to.resetAndDestroy()
  }

  const cut = (fault: ProxyFault & { kind: 'cut' }): void => {
    stop()
    if (fault.by === 'reset') timer = setTimeout(() => onCut(fault), BEFORE_RESET_MS)
    else onCut(fault)
  }

  const stop = (): void => {
    isOver = true
    clearTimeout(timer)
    way.discard()
    from.resume()
  }

  const keepWithinWindow = (): void => {
    if (isOver) return
    if (way.isFull()) from.pause()
    else if (from.isPaused()) from.resume()
  }

  const endBy = (how: 'end' | 'reset') => (): void => {
    // Who has ended in order and is then gone altogether must not leave the other side waiting.
    if (isOver && how === 'reset' && way.line().ending === 'end') to.resetAndDestroy()
    way.end(how)
    pump()
  }

  from.on('data', (piece) => {
    if (isOver) return
    way.arrive(piece)
    pump()
  })
  from.on('end', endBy('end'))
  from.on('error', endBy('reset'))
  to.on('close', stop)
  return { taken: () => way.line().takenBytes, passed: way.passedBytes, pump, stop }
}
