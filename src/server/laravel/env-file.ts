import { lineEndOf } from './php-text'

/** The lines of a `.env` that say something. */
export interface EnvFile {
  /** What a key has, without quotes; undefined where it is not set. */
  readonly get: (key: string) => string | undefined
  /** True for a key that is set, or that stands in a comment: somebody has switched it off. */
  readonly mentions: (key: string) => boolean
}

const LINE = /^[ \t]*(#[# \t]*)?(?:export[ \t]+)?([A-Z][A-Z0-9_]*)[ \t]*=[ \t]*(.*?)[ \t]*$/gm

/** Reads a `.env`. Never throws. */
export const readEnv = (text: string): EnvFile => {
  const lines = [...text.replaceAll('\r', '').matchAll(LINE)].map(([, comment, key = '', value = '']) => ({
    isSet: comment === undefined,
    key,
    value,
  }))
  return {
    get: (key) => {
      // As Laravel reads it: the last one counts.
      const line = lines.filter((one) => one.isSet && one.key === key).at(-1)
      return line && unquoted(line.value)
    },
    mentions: (key) => lines.some((one) => one.key === key),
  }
}

const unquoted = (value: string): string => {
  const [, , quoted] = /^(["'])(.*)\1/.exec(value) ?? []
  return quoted ?? value.replace(/\s+#.*$/, '')
}

/** A line to add: what it sets, and what stands before it. */
export interface EnvLine {
  readonly key: string
  /** The line itself, and its comments. */
  readonly lines: readonly string[]
}

/** Adds lines to the end, as a paragraph of their own. How lines end stays, and so does a missing last end. */
export const addLines = (text: string, paragraphs: readonly (readonly EnvLine[])[]): string => {
  const end = lineEndOf(text)
  const added = paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.flatMap((line) => line.lines).join(end))
    .join(`${end}${end}`)
  if (text.trim() === '') return `${text}${added}${end}`
  const isEnded = text.endsWith('\n')
  const gap = isEnded ? (/\n\r?\n$/.test(text) ? '' : end) : `${end}${end}`
  return `${text}${gap}${added}${isEnded ? end : ''}`
}

/** The lines of laravel/env.example that are cart-echo's own, each with the comment before it, and the level that is wanted. */
export const ownLines = (example: string, level: number): readonly EnvLine[] => {
  const found: EnvLine[] = []
  let comments: string[] = []
  for (const line of example.split('\n')) {
    const [, off, key = ''] = /^(# )?([A-Z][A-Z0-9_]*)=/.exec(line) ?? []
    if (key.startsWith('CART_ECHO_')) {
      found.push({ key, lines: [...comments, key === 'CART_ECHO_LEVEL' ? `${key}=${level}` : line] })
      comments = []
    } else if (off === undefined && key === '' && line.startsWith('#')) comments.push(line)
    else comments = []
  }
  return found
}

/** The id, key and secret of a Reverb app. */
export interface ReverbApp {
  readonly id: string
  readonly key: string
  readonly secret: string
}

/** What Reverb needs, as `php artisan reverb:install` writes it: for one machine, where the app's id, key and secret are made up. */
export const reverbLines = (made: ReverbApp) => {
  const line = (key: string, value: string): EnvLine => ({ key, lines: [`${key}=${value}`] })
  return [
    [
      line('REVERB_APP_ID', made.id),
      line('REVERB_APP_KEY', made.key),
      line('REVERB_APP_SECRET', made.secret),
      line('REVERB_HOST', '"localhost"'),
      line('REVERB_PORT', '8080'),
      line('REVERB_SCHEME', 'http'),
    ],
    ['APP_KEY', 'HOST', 'PORT', 'SCHEME'].map((name) => line(`VITE_REVERB_${name}`, `"\${REVERB_${name}}"`)),
  ] as const
}

/** Has what Laravel's own `.env` sends to the log broadcast by Reverb. */
export const broadcastByReverb = (text: string): string =>
  text.replace(/^(BROADCAST_CONNECTION=)(["']?)(?:log|null)?\2(?=[ \t]*\r?$)/m, '$1reverb')

/** Gives what stands there empty, as in a copy of `.env.example`, a value. */
export const fillReverb = (text: string, { id, key, secret }: ReverbApp): string =>
  text.replace(/^(REVERB_APP_(ID|KEY|SECRET)=)(?:""|'')?(?=[ \t]*\r?$)/gm, (whole, start: string, name: string) => {
    const value = name === 'ID' ? id : name === 'KEY' ? key : secret
    return value === '' ? whole : `${start}${value}`
  })
