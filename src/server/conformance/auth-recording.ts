import { isObject, parseJson } from '../http/fields'
import type { RecordedSection } from './recording'

/** A line of auth.txt: what was asked, in the recorder's words, and the answer. */
export interface AuthEntry {
  readonly call: string
  readonly answer: string
}

const ROW = /^(.+?)\s{2,}(\d{3}) (\S+(?:; charset=\S+)?) {2}(.*)$/

/**
 * Reads auth.txt: one call of the auth endpoint in each row, and two preflights as they came from the socket.
 * @throws {Error} when a line cannot be read
 */
export const readAuth = (text: string): RecordedSection<AuthEntry> => {
  const [rows = '', ...dumps] = text.split(/^(?=CORS )/m)
  const entries = [
    ...rows
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(readRow),
    ...dumps.map(readDump),
  ]
  return {
    name: 'auth',
    title: 'who may hear which channel',
    lines: entries.map((entry, index) => ({ number: index + 1, atS: 0, text: entry.call, entry })),
  }
}

const readRow = (line: string): AuthEntry => {
  const [, call, status = '', type = '', body = ''] = ROW.exec(line) ?? []
  if (call === undefined) throw new Error(`This line of a recording cannot be read: ${line}`)
  return { call, answer: authAnswer(Number(status), type, body) }
}

const readDump = (dump: string): AuthEntry => {
  const [call = '', statusLine = '', ...headers] = dump.trim().split(/\r?\n/)
  return { call: call.replace(/:$/, ''), answer: corsAnswer(Number(statusLine.split(' ')[1]), headers) }
}

/**
 * An answer as it is compared. Of pages only the first tags count, of members only their ids: names are the shop's.
 */
export const authAnswer = (status: number, contentType: string, body: string): string => {
  const [flat] = body.replace(/\s+/g, ' ').split(String.raw`\"name\"`)
  const page = /^<!DOCTYPE html> <html lang="en"/i.exec(flat ?? '')?.[0]
  const value = parseJson(flat ?? '')
  return `${status} ${contentType.toLowerCase()} ${page ?? (isObject(value) ? JSON.stringify(value) : flat)}`
}

/** A preflight's answer as it is compared: the headers of CORS, whatever else the server adds. */
export const corsAnswer = (status: number, headers: readonly string[]): string => {
  const counted = headers
    .filter((header) => /^(access-control-|vary:)/i.test(header))
    .map((header) => header.toLowerCase())
  return [status, ...counted.sort()].join(' | ')
}
