import { parseObject } from '../http/fields'
import type { Happening } from './actor'
import { elideLike } from './elided'
import { normalise, rewriteJson } from './normalise'

/** What happened, in the words of the recorder beside the recorded line `like`. */
export const describeHappening = (socket: string, happening: Happening | null, like: string): string => {
  if (!happening) return `${socket}: nothing`
  return normalise(`${socket} ${wordsFor(happening, like)}`)
}

/** A recorded line, in the same words. */
export const describeRecorded = (recorded: string): string => {
  const line = recorded.replace(/^(\S+)\s+/, '$1 ').trim()
  const [, start = '', frame] = /^(\S+ <- )(\{.*)$/.exec(line) ?? []
  return normalise(frame === undefined ? line : start + rewriteJson(frame).replace(/ bytes\)$/, ' chars)'))
}

const wordsFor = (happening: Happening, like: string): string => {
  switch (happening.kind) {
    case 'upgrade':
      return `UPGRADE 101 ${JSON.stringify(headersLike(like, happening.headers))}`
    case 'refused':
      return `HTTP ${happening.status} {} ${happening.body}`
    case 'frame':
      return `<- ${elideLike(like, rewriteJson(happening.text))}`
    case 'ping':
      return '<- [ws PING control]'
    case 'pong':
      return `<- [ws PONG control frame] ${happening.payload}`
    case 'error':
      return `ERROR ${happening.message}`
    case 'close':
      return `CLOSE ${happening.code} ${JSON.stringify(happening.reason)}`
  }
}

/** Only the headers that were recorded: proxies and servers add their own. */
const headersLike = (like: string, headers: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const names = Object.keys(parseObject(like.slice(Math.max(0, like.indexOf('{')))))
  return Object.fromEntries(names.map((name) => [name, headers[name]]))
}
