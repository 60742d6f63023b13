import { describe, expect, it } from 'vitest'
import type { Connection } from '../../../src/server/reverb/connection'
import { openSocket, settled } from '../support/socket'
import { connected, failed, publisherAt, reverbAlone, subscribe, succeeded } from './reverb-alone'

describe('a wire', () => {
  it('gets every frame on its way out, also that of who is turned away, and may change it', async () => {
    const frames: string[] = []
    const { url } = await reverbAlone({}, { wire: { outgoing: (frame, send) => send(`${frames.push(frame)}`) } })
    const [client, stranger] = [await nextOf(url, 'cart-bed-key'), await nextOf(url, 'no-such-key')]
    expect([client, stranger]).toEqual(['1', '2'])
    expect(frames).toEqual([expect.stringContaining('established'), failed(4001, 'Application does not exist')])
  })

  it('makes Reverb deaf', async () => {
    const { url } = await reverbAlone({}, { wire: { incoming: (message) => !message.includes('unheard') } })
    const client = await connected(url)
    client.say({ event: 'pusher:unheard' })
    await settled(client)
  })

  it('refuses good signatures, and leaves public channels alone', async () => {
    const { url } = await reverbAlone({}, { wire: { admits: (channel) => channel !== 'private-a' } })
    const client = await connected(url)
    expect(await subscribe(client, 'private-a')).toBe(failed(4009, 'Connection is unauthorized'))
    expect(await subscribe(client, 'private-b')).toBe(succeeded('private-b'))
  })

  it('gets every publish, from code and over HTTP, and may double or lose it', async () => {
    const { url, reverb } = await reverbAlone(
      {},
      {
        wire: {
          publishing: (publication, deliver) => {
            if (publication.event === 'doubled') deliver(publication)
            if (publication.event !== 'lost') deliver(publication)
          },
        },
      },
    )
    const client = await connected(url)
    await subscribe(client, 'news')
    reverb.publish({ event: 'doubled', data: '1', channels: ['news'] })
    await publisherAt(url).trigger('news', 'lost', '2')
    await publisherAt(url).trigger('news', 'told', '3')
    const heard = [await client.next(), await client.next(), await client.next()].map((frame) => JSON.parse(frame).data)
    expect(heard).toEqual(['1', '1', '3'])
  })

  it('holds connections before anything is said on them', async () => {
    const held: Connection[] = []
    const { url, reverb } = await reverbAlone({}, { wire: { opened: (connection) => held.push(connection) } })
    const client = await connected(url)
    const [connection] = held
    expect([...reverb.connections()]).toEqual([connection])
    connection?.pause()
    client.say({ event: 'pusher:ping' })
    client.socket.ping()
    connection?.ping()
    connection?.resume()
    // What was said in the pause is heard after it; the server's own ping was never sent.
    expect(await client.next()).toBe('{"event":"pusher:pong"}')
    connection?.drop()
    expect((await client.ended).code).toBe(1006)
  })
})

const nextOf = (url: string, key: string): Promise<string> => openSocket({ url }, `/app/${key}`).next()
