import { connect } from 'node:net'
import { freePorts, type OwnProcess, openProcess } from './own-process'

/** A real Redis in a process of its own, which writes nothing down. */
export interface Redis extends OwnProcess {
  readonly port: number
}

/** Makes one ready to start. */
export const openRedis = async (): Promise<Redis> => {
  const [port = 0] = await freePorts(1)
  const words = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no']
  const redis = openProcess({
    name: 'redis',
    command: (folder) => ['redis-server', ...words, '--dir', folder],
    isReady: () => pongs(port),
  })
  return { ...redis, port }
}

const pongs = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    const end = (isThere: boolean): void => {
      socket.destroy()
      resolve(isThere)
    }
    socket.on('data', (data) => end(String(data).startsWith('+PONG')))
    socket.on('error', () => end(false))
  })
