import { CartEchoServerError } from '../errors'
import { closing } from '../http/answer'
import { type Call, type Handler, isObject, parseJson } from '../http/call'
import { json, PRIVATE, type Reply } from '../http/reply'
import { firstOf, route } from '../http/routes'
import { refuseOtherSite } from '../shop/sessions'
import { logInPage } from './call-faults'
import { decodeFault, isFaultKind, unknownKind } from './decode-fault'
import type { Fault } from './fault'
import type { FaultDesk } from './faults'
import type { Counter } from './seen'

/** What the fault routes work on. */
export interface FaultRouteOptions {
  readonly faults: FaultDesk
  readonly counter: Counter
  /** The host name the server was started with: also a name of ours. */
  readonly ownName: string
}

/** `/faults…`: everything that `server.faults` and `server.seen` do, with one call each. Guarded like the admin's. */
export const createFaultRoutes = ({ faults, counter, ownName }: FaultRouteOptions): Handler => {
  const guarded = (method: string, pattern: string, act: (call: Call, name: string) => Reply): Handler =>
    route(method, pattern, (call, { name = '' }) => refuseOtherSite(call, ownName) ?? act(call, name))
  const list = (): Reply => json(200, faults.list(), PRIVATE)

  return firstOf([
    logInPage,
    guarded('GET', '/faults/seen', () => json(200, counter.seen(), PRIVATE)),
    guarded('DELETE', '/faults/seen', () => json(200, counter.seen({ reset: true }), PRIVATE)),
    guarded('GET', '/faults', list),
    guarded('DELETE', '/faults', () => {
      faults.clear()
      return list()
    }),
    guarded('DELETE', '/faults/:name', (_call, id) =>
      faults.lift(id) ? list() : refusal(404, `There is no fault ${id}.`),
    ),
    guarded('POST', '/faults/:name', (call, kind) => attempt(() => start(faults, call, kind))),
  ])
}

const start = (faults: FaultDesk, call: Call, kind: string): Reply => {
  if (!isFaultKind(kind)) return refusal(404, unknownKind(kind))
  const fields = call.body.length === 0 ? {} : parseJson(call.body.toString('utf8'))
  if (!isObject(fields)) return refusal(422, 'The body has to be a JSON object, or nothing.')
  if ('kind' in fields) return refusal(422, 'The kind stands in the path.')
  const fault = decodeFault({ ...fields, kind })
  if (isForEver(fault)) return refusal(422, '"refuse" needs "forMs" here: nobody could lift it, or say what: sockets.')
  const prepared = faults.prepare(fault)
  // Begun at once it would cut off its own answer.
  if (closesPort(fault)) return { ...closing(json(200, prepared.report(), PRIVATE)), sent: prepared.begin }
  prepared.begin()
  return json(200, prepared.report(), PRIVATE)
}

const closesPort = (fault: Fault): boolean =>
  (fault.kind === 'refuse' || fault.kind === 'restart') && fault.what !== 'sockets'

const isForEver = (fault: Fault): boolean => fault.kind === 'refuse' && closesPort(fault) && fault.forMs === undefined

const attempt = (act: () => Reply): Reply => {
  try {
    return act()
  } catch (error) {
    if (error instanceof CartEchoServerError) return refusal(422, error.message)
    throw error
  }
}

const refusal = (status: number, message: string): Reply => json(status, { message }, PRIVATE)
