import { attempt } from '../../engine/shape'
import { plain } from '../plain-line'
import { CATALOGUE, type Code } from './catalogue'

/** What was looked at. */
export type Subject = 'page' | 'policy' | 'tag' | 'reverb' | 'authorisation' | 'check' | 'event' | 'doctor'

/** `right`: as it should be. `note`: works, and somebody should know. `wrong`: pages suffer from it. */
export type Status = 'right' | 'note' | 'wrong'

/** One thing that was found. */
export interface Finding {
  readonly status: Status
  readonly about: Subject
  /** Which fault it is, for programs; null for what is right. */
  readonly code: Code | null
  /** What is so. One line. */
  readonly what: string
  /** Why it matters; null for what is right. */
  readonly why: string | null
  /** The first thing to do; null for what is right. */
  readonly first: string | null
}

/** All that was found. */
export interface Report {
  /** The version of this shape. It rises when a key changes its meaning or goes. */
  readonly report: 1
  /** The version of cart-echo that looked. */
  readonly version: string
  /** The address of the page, without query and log-in; null when none was given. */
  readonly page: string | null
  /** True when nothing is wrong; notes do not count. */
  readonly healthy: boolean
  /** In the order they were looked at. */
  readonly findings: readonly Finding[]
}

/** The finding that something is as it should be. */
export const right = (about: Subject, what: string): Finding => ({
  status: 'right',
  about,
  code: null,
  what: plain(what),
  why: null,
  first: null,
})

/** The finding of a fault of the catalogue; `first` says better than the catalogue what to do, where that depends on what was found. */
export const found = (code: Code, what: string, first?: string): Finding => {
  const { about, status, why, first: usual } = CATALOGUE[code]
  return { status, about, code, what: plain(what), why, first: plain(first ?? usual) }
}

/** Findings of one page, with at most five of a kind: of what comes after it is said how many there are. */
export const folded = (findings: readonly Finding[]): readonly Finding[] => {
  const ofKind = new Map<Code | null, number>()
  const kept = findings.filter(({ code }) => {
    ofKind.set(code, (ofKind.get(code) ?? 0) + 1)
    return (ofKind.get(code) ?? 0) <= MOST_ALIKE
  })
  const left = [...ofKind].flatMap(([code, count]) =>
    code !== null && count > MOST_ALIKE ? [found(code, `There are ${count - MOST_ALIKE} more of the same.`)] : [],
  )
  return [...kept, ...left]
}

const MOST_ALIKE = 5

/**
 * Findings without what is secret, as it is and percent-decoded: a server may say it back, in where it leads to or what it calls its answer.
 * What is shorter than ten characters stays, for it may be part of a word, and so does what stands in an address that was given.
 */
export const withoutSecrets = (
  findings: readonly Finding[],
  secrets: readonly string[],
  given: string,
): readonly Finding[] => {
  const known = [...new Set(secrets.flatMap((secret) => [secret, attempt(() => decodeURIComponent(secret)) ?? secret]))]
    .filter((secret) => secret.length >= 10 && !given.includes(secret))
    .sort((one, other) => other.length - one.length)
  const hidden = (text: string): string => known.reduce((rest, secret) => rest.replaceAll(secret, () => '…'), text)
  return findings.map((one) => ({ ...one, what: hidden(one.what), first: one.first && hidden(one.first) }))
}

/** An address as it may be shown: without log-in, query and fragment, which may hold secrets. */
export const shown = ({ protocol, host, pathname }: URL): string => `${protocol}//${host}${pathname}`
