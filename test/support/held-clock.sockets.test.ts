import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { finished, heldClock } from './held-clock'
import { watchWires } from './wires'

const listening = async (server: Server): Promise<number> => {
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

const holdClock = () => {
  const clock = heldClock(watchWires())
  onTestFinished(clock.release)
  return clock
}

it('stands while requests are under way, one after the other, and then jumps from timer to timer', async () => {
  const { until } = holdClock()
  const server = createHttpServer((_request, response) => response.writeHead(200, { Connection: 'close' }).end('x'))
  const port = await listening(server)
  const said: string[] = []
  const startMs = Date.now()
  const at = (): string => `${Date.now() - startMs} ms`
  setTimeout(() => said.push(`first timer, ${at()}`), 1)
  setTimeout(() => said.push(`second timer, ${at()}`), 60_000)
  const ask = async (): Promise<void> => {
    for (let time = 1; time <= 5; time += 1)
      said.push(`${time}${await (await fetch(`http://127.0.0.1:${port}/`)).text()}`)
    said.push(`answered, ${at()}`)
  }
  void ask()
  await until('both timers ran', () => said.length === 8)
  expect(said).toEqual(['1x', '2x', '3x', '4x', '5x', 'answered, 0 ms', 'first timer, 1 ms', 'second timer, 60000 ms'])
})

it('goes on where somebody waits for what nobody sends', async () => {
  const { pass } = holdClock()
  const port = await listening(createHttpServer(() => {}))
  const gaveUp = new AbortController()
  const answer = fetch(`http://127.0.0.1:${port}/`, { signal: gaveUp.signal })
  setTimeout(() => gaveUp.abort(), 10_000)
  await Promise.all([expect(answer).rejects.toThrow('abort'), pass(10_000)])
})

it('goes on where nobody reads what was sent', async () => {
  const { pass } = holdClock()
  const port = await listening(
    createServer({ pauseOnConnect: true }, (socket) => onTestFinished(() => void socket.destroy())),
  )
  const client = connect(port, '127.0.0.1')
  onTestFinished(() => void client.destroy())
  client.write('anybody there?')
  await pass(10_000)
})

it('waits for bytes that the machine has not carried yet', async () => {
  const clock = holdClock()
  let got = 0
  const port = await listening(
    createServer((socket) => {
      onTestFinished(() => void socket.destroy())
      socket.on('data', ({ length }) => {
        got += length
      })
    }),
  )
  const client = connect(port, '127.0.0.1')
  onTestFinished(() => void client.destroy())
  await finished(clock, once(client, 'connect'))
  client.write(Buffer.alloc(10_000_000))
  await clock.settled()
  expect(got).toBe(10_000_000)
})

it('says what it waited for in vain', async () => {
  const { until } = holdClock()
  await expect(until('it rains', () => false, 1_000)).rejects.toThrow('Waited 1000 ms in vain until it rains.')
})
