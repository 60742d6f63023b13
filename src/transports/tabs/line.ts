import type { Stop } from '../../core/environment'
import { CartEchoError } from '../../core/errors'
import { report as reportOf } from '../../core/shape'
import type { TabPorts } from '../../core/tab-ports'
import type { Sink } from '../../core/transport'
import { type Message, readMessage, type Words, writeMessage } from './message'

/** The line to the shopper's other tabs. */
export interface Line {
  /** Says it to all of them. Never throws. */
  readonly post: (words: Words) => void
  readonly close: Stop
}

/**
 * Opens the line as the tab of that name. Null where there is none to be had: a page may have locks and no line, such as one whose frame
 * forbids it. What cannot be read is reported once.
 */
export const openLine = (
  ports: TabPorts,
  name: string,
  self: string,
  hear: (message: Message) => void,
  report: Sink['report'],
): Line | null => {
  let isClosed = false
  let hasReported = false

  const read = (data: unknown): void => {
    const message = readMessage(data)
    if (isClosed) return
    if (message.name !== 'unreadable') return hear(message)
    if (!hasReported) report(unreadable(message.misfit))
    hasReported = true
  }

  try {
    const bus = ports.openBus(name, read)
    return {
      post: (words) => {
        try {
          bus.post(writeMessage({ ...words, from: self }))
        } catch (cause) {
          const wrong = 'A broadcast cannot be handed to the other tabs: it is no JSON.'
          report(new CartEchoError('invalid-payload', wrong, { cause }))
        }
      },
      close: () => {
        isClosed = true
        bus.close()
      },
    }
  } catch {
    return null
  }
}

const unreadable = (misfit: Parameters<typeof reportOf>[0]): CartEchoError => {
  const report = reportOf(misfit)
  const words = `Another tab said what cannot be read: ${report.path || 'it'} should be ${report.expected}. It is passed over.`
  return new CartEchoError('invalid-payload', words, { report })
}
