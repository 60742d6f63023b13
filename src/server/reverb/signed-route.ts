import type { Call } from '../http/call'
import type { Reply } from '../http/reply'
import type { Params } from '../http/routes'
import type { RunningApplication } from './running-application'

/** Answers a call whose signature was good. */
export type SignedAnswer = (application: RunningApplication, call: Call, params: Params) => Reply

/** A route below `/apps/{id}` that asks for a signature. */
export type SignedRoute = readonly [method: string, path: string, answer: SignedAnswer]
