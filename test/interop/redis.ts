import { connect } from 'node:net'
import { freePorts, type OwnProcess, openProcess } from './own-process'

/** A real Redis in a process of its own, which writes nothing down. */
export interface Redis extends OwnProcess {
  readonly port: number
  /** What it has done so far, by its own count. */
  readonly done: () => Promise<RedisWork>
}

/** Commands that a Redis was given, and bytes that came and went. */
export interface RedisWork {
  readonly commands: number
  readonly received: number
  readonly sent: number
}

/** Makes one ready to start. */
export const openRedis = async (): Promise<Redis> => {
  const [port = 0] = await freePorts(1)
  const words = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no']
  const redis = openProcess({
    name: 'redis',
    command: (folder) => ['redis-server', ...words, '--dir', folder],
    isReady: async () => (await ask(port, 'PING')).startsWith('+PONG'),
  })
  const done = async (): Promise<RedisWork> => {
    const info = await ask(port, 'INFO stats')
    const counted = (field: string): number => Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1])
    return {
      commands: counted('total_commands_processed'),
      received: counted('total_net_input_bytes'),
      sent: counted('total_net_output_bytes'),
    }
  }
  return { ...redis, port, done }
}

/** The first piece of its answer; empty where nobody is there. */
const ask = (port: number, command: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`))
    const end = (answer: string): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('data', (data) => end(String(data)))
    socket.on('error', () => end(''))
  })
