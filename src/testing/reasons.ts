import type { ConnectingReason, IdleReason, PollingReason, RefusedReason, WaitingReason } from '../engine/state'
import { insistOnOneOf } from './misuse'

/** Every state that a page can be brought into, with its reasons. What fails at the check is shown as `waiting` or `refused`, never as the reason of `polling`. */
export interface ReachableStates {
  idle: IdleReason
  connecting: ConnectingReason
  live: 'subscribed'
  polling: Exclude<
    PollingReason,
    'check-failed' | 'check-refused' | 'check-busy' | 'session-over' | 'other-user' | 'page-conflict'
  >
  waiting: WaitingReason
  refused: RefusedReason
}

type Table<Reason extends string> = Readonly<Record<Reason, true>>

/** Reasons of the socket's, which a page with a check polls for. */
const OF_WAITING = {
  'socket-lost': true,
  'authorisation-failed': true,
  blocked: true,
  'signature-refused': true,
  'no-answer': true,
  'over-capacity': true,
  'socket-refused': true,
  'not-loaded': true,
} as const

const OF_REFUSAL = {
  'echo-failed': true,
  misconfigured: true,
  'no-echo': true,
  'no-real-time': true,
  'no-web-socket': true,
  'not-authorised': true,
  'origin-refused': true,
  'over-capacity': true,
  'page-expired': true,
  'socket-refused': true,
  'unknown-app': true,
} as const

const REASONS: { readonly [Name in keyof ReachableStates]: Table<ReachableStates[Name]> } = {
  idle: { 'not-started': true, 'no-user': true, 'switched-off': true, 'no-browser': true },
  connecting: { loading: true, prerendering: true, 'finding-echo': true, 'opening-socket': true, subscribing: true },
  live: { subscribed: true },
  polling: { 'no-socket': true, 'no-broadcasts': true, ...OF_WAITING, ...OF_REFUSAL },
  waiting: { ...OF_WAITING, 'check-failed': true, 'check-refused': true, 'check-busy': true },
  refused: { ...OF_REFUSAL, 'other-user': true, 'page-conflict': true, 'session-over': true },
}

/**
 * Looks at a state before a page is brought into it.
 * @throws {CartEchoError} `invalid-options` for a name that is none, and for a reason that is none of it; it says which there are.
 */
export const insistOnState = (name: unknown, reason: unknown): void => {
  const known = insistOnOneOf('bringTo()', REASONS, name)
  insistOnOneOf(`bringTo('${known}', …)`, REASONS[known] as Table<string>, reason)
}
