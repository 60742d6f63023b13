import { Socket } from 'node:net'
import type { ProxyFault } from './fault'
import { startFlow } from './flow'
import { type ConnectionLog, createStory, type Story } from './log'
import type { Struck } from './step'

/** What a connection is made of. */
export interface ProxyConnectionOptions {
  readonly id: number
  /** As it was accepted, with `allowHalfOpen`. */
  readonly client: Socket
  readonly target: { readonly host: string; readonly port: number }
  /** Those that strike it from the start. */
  readonly faults: readonly ProxyFault[]
  readonly random: () => number
  /** Both sockets are closed. */
  onClosed(): void
}

/** A client's connection, carried on to the target. */
export interface ProxyConnection {
  log(): ConnectionLog
  strike(...faults: readonly ProxyFault[]): void
  lift(fault: ProxyFault): void
  /** Ends both sides at once. */
  destroy(): void
}

/** Carries an accepted connection on to the target, through its faults. */
export const openConnection = (options: ProxyConnectionOptions): ProxyConnection => {
  const { id, client, random } = options
  const target = new Socket({ allowHalfOpen: true })
  const story = createStory()
  for (const socket of [client, target]) socket.setNoDelay(true)
  let struck: readonly Struck[] = []
  let isReaching = false

  const way = { random, faults: () => struck, onCut: (fault: ProxyFault & { kind: 'cut' }) => cut(fault) }
  const up = startFlow({ ...way, direction: 'up', from: client, to: target })
  const down = startFlow({ ...way, direction: 'down', from: target, to: client })

  const goOn = (): void => {
    if (!isReaching && story.isOpen() && !client.destroyed && !struck.some(({ fault }) => fault.kind === 'hang')) {
      isReaching = true
      target.connect(options.target)
    }
    for (const flow of [up, down]) flow.pump()
  }

  const cut = (fault: ProxyFault): void => {
    story.end({ by: 'fault', fault })
    for (const flow of [up, down]) flow.stop()
    const isReset = fault.kind === 'reset' || (fault.kind === 'cut' && fault.by === 'reset')
    for (const socket of [client, target]) endSocket(socket, isReset)
  }

  // All at once: the first of several must not let through what the second is there to stop.
  const strike = (...faults: readonly ProxyFault[]): void => {
    for (const fault of faults) {
      story.note({ kind: 'struck', atMs: Date.now(), fault })
      struck = [...struck, { fault, since: { up: up.taken(), down: down.taken() } }]
    }
    const reset = faults.find(({ kind }) => kind === 'reset')
    if (reset) cut(reset)
    else goOn()
  }

  const lift = (fault: ProxyFault): void => {
    if (!struck.some((one) => one.fault === fault)) return
    story.note({ kind: 'lifted', atMs: Date.now(), fault })
    struck = struck.filter((one) => one.fault !== fault)
    goOn()
  }

  target.on('connect', () => story.note({ kind: 'reached', atMs: Date.now() }))
  hearEnd(client, 'client', story)
  hearEnd(target, 'target', story)
  for (const socket of [client, target]) {
    socket.on('close', () => {
      if (!client.destroyed || (isReaching && !target.destroyed)) return
      story.end()
      options.onClosed()
    })
  }
  strike(...options.faults)

  return {
    log: () => ({
      id,
      isOpen: story.isOpen(),
      passed: { up: up.passed(), down: down.passed() },
      events: story.events(),
    }),
    strike,
    lift,
    destroy: () => {
      story.end()
      for (const socket of [client, target]) socket.destroy()
    },
  }
}

const endSocket = (socket: Socket, isReset: boolean): void => {
  // A socket that was never connected has nothing to end or to reset.
  if (socket.pending) socket.destroy()
  else if (isReset) socket.resetAndDestroy()
  else socket.end()
}

const hearEnd = (socket: Socket, by: 'client' | 'target', story: Story): void => {
  let isConnected = by === 'client'
  socket.on('connect', () => {
    isConnected = true
  })
  socket.on('end', () => story.suspect({ by, how: 'end' }))
  socket.on('error', (error: NodeJS.ErrnoException) => {
    const code = error.code ?? error.message
    story.suspect(isConnected ? { by, how: 'reset' } : { by: 'target', how: 'unreachable', code })
  })
}
