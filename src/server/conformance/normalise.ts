import { isObject, parseJson } from '../http/fields'

/** Takes from a line what is different on every run: socket ids, keys of handshakes, signatures, remarks in brackets. */
export const normalise = (line: string): string =>
  line
    .replace(/(\\"socket_id\\":\\")\d+\.\d+/, '$1<socket id>')
    .replace(/("sec-websocket-accept":")[^"]*/, '$1<accept>')
    .replace(/("auth":"[^":]*:)[0-9a-f]{64}/, '$1<signature>')
    .replace(/(readyState \d).*$/, '$1')

/** A frame in the one way JSON.stringify writes it: servers may escape as they like. Text that is no JSON stays. */
export const rewriteJson = (text: string): string => {
  const value = parseJson(text)
  return isObject(value) ? JSON.stringify(value) : text
}
