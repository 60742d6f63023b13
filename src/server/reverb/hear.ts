import type { RawData } from 'ws'
import type { Connection } from './connection'
import { ERROR_FRAMES } from './frames'
import { receive } from './messages'
import { createRateLimit } from './rate-limit'
import type { RunningApplication } from './running-application'
import type { Wire } from './wire'

/** What listens to one connection. */
export interface EarOptions {
  readonly application: RunningApplication
  readonly connection: Connection
  readonly wire: Wire
  now(): number
}

/** A listener for the messages of one connection, which answers them. */
export const createEar = ({ application, connection, wire, now }: EarOptions): ((data: RawData) => void) => {
  const { maxMessageSize, rateLimit } = application.settings
  const mayPass = createRateLimit(rateLimit, now)

  const answer = (text: string): readonly string[] => {
    if (mayPass()) return receive(application, connection, text)
    // Recorded: Reverb 1.10.2. Who is ended is told nothing.
    if (!rateLimit?.terminate) return [ERROR_FRAMES.rateLimited]
    connection.drop()
    return []
  }

  return (data) => {
    const message = bytesOf(data)
    const text = message.toString('utf8')
    if (!connection.isOpen() || wire.incoming?.(text, connection) === false) return
    if (message.length > maxMessageSize) return connection.close(1009, 'Maximum message size exceeded')
    connection.touch()
    for (const frame of answer(text)) connection.send(frame)
  }
}

const bytesOf = (data: RawData): Buffer => {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}
