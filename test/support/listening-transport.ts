import type { PageEcho } from '../../src/connections/echo/shape'
import { echoTransport } from '../../src/connections/echo/transport'
import type { ConnectionFact } from '../../src/engine/state'
import { fakePage } from './fake-environment'

/** Starts an Echo transport for user 1 on a fake clock, and writes down all it says. */
export const listeningTransport = (echo: PageEcho) => {
  const environment = fakePage()
  const said: string[] = []
  const delivered: unknown[] = []
  const start = echoTransport({ environment, echo, channel: 'App.Models.User.1', events: ['cart.conditions.changed'] })
  const link = start({
    deliver: (event, payload) => delivered.push([event, payload]),
    answer: () => said.push('answer'),
    resync: () => said.push('resync'),
    state: (fact) => said.push(inWords(fact)),
    report: ({ code }) => said.push(`error: ${code}`),
    note: ({ name }) => said.push(`note: ${name}`),
  })
  return { environment, said, delivered, link }
}

const inWords = (fact: ConnectionFact): string => ('reason' in fact ? `${fact.name}: ${fact.reason}` : fact.name)
