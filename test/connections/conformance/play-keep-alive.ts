import type { RecordedLine, RecordedSection } from '../../../src/server/conformance/recording'
import { compare, DONE, type Finding, untried, type Verdict } from '../../../src/server/conformance/report'
import type { KeepAliveEntry } from '../../../src/server/conformance/transcript'
import { type ClientPlayer, openPlayer } from './client-player'
import type { RecordedClient } from './recorded-client'
import type { Conditions } from './stage'

type Line = RecordedLine<KeepAliveEntry>

/**
 * Plays the server of keep-alive.txt to a page for each of its clients, without its waits. Every page goes live, pings after the
 * silence its greeting allows, answers a ping, and comes back when it was ended, as `again`.
 */
export const playKeepAlive = async (
  { name, lines }: RecordedSection<KeepAliveEntry>,
  conditions: Conditions,
  again: RecordedClient,
): Promise<readonly Finding[]> => {
  const players = new Map<string, ClientPlayer>()
  const silent = new Set<string>()
  const findings: Finding[] = []
  try {
    for (const line of lines) {
      const { entry } = line
      if (entry.kind === 'greeted') {
        players.set(entry.socket, await openPlayer({ conditions, key: 'cart-bed-key', again }))
        silent.add(entry.socket)
      }
      findings.push({ recording: 'keep-alive.txt', section: name, line: line.number, verdict: await play(line) })
    }
  } finally {
    for (const player of players.values()) await player.close()
  }
  return findings

  async function play({ entry, text }: Line): Promise<Verdict> {
    if (entry.kind === 'states') return areConnected(players)
    const player = players.get(entry.socket)
    if (!player) return untried('was never there')
    // Its answer is in the verdict on what it answers.
    if (entry.kind === 'answered') return DONE
    const [, frame, code] = /^\S+\s+(?:<- (.*)|CLOSE (\d+) )$/.exec(text) ?? []
    if (entry.kind === 'greeted') {
      const [there, live] = [await player.upgrade(), await player.goLive(String(frame))]
      return there.kind === 'same' ? live : there
    }
    // The page is live already: a subscription that is confirmed once more changes nothing.
    if (entry.kind === 'subscribed') return await player.hear(String(frame))
    // From the first frames to the next one was a silence of more than a minute.
    if (silent.delete(entry.socket)) {
      const ping = await player.bePatient()
      if (ping.kind !== 'same') return ping
    }
    if (code !== undefined) return await player.lose(Number(code), '')
    return frame?.startsWith('{') ? await player.hear(frame) : untried('control frames are the browser’s')
  }
}

/** Three of the recorder's clients were ended for their silence. A page has come back by then. */
const areConnected = (players: ReadonlyMap<string, ClientPlayer>): Verdict => {
  const away = [...players].filter(([, player]) => !player.isConnected()).map(([name]) => name)
  return compare('all are connected', away.length === 0 ? 'all are connected' : `away: ${away.join(', ')}`)
}
