import type { Handler } from '../http/call'
import { json } from '../http/reply'
import type { Disturbances } from './disturbances'
import type { Counter } from './seen'

/** A handler on whose requests and answers the disturbances of the moment act, and which counts them. */
export const disturbed =
  (handler: Handler, disturbances: Disturbances, counter: Counter): Handler =>
  async (call) => {
    const reply = await disturbances.answer(call, handler)
    counter.call(call, reply ?? json(404, {}))
    return reply
  }
