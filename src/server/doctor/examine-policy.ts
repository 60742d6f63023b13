import { addressOfTag } from './examine-tag'
import { type Facts, socketAddress } from './facts'
import { type Finding, found, right, shown } from './finding'
import { mayRun, maySend, readPolicy } from './policy'

/** Whether the page's content security policies allow what cart-echo does. Pure. */
export const examinePolicy = (facts: Facts): readonly Finding[] => {
  const { auth, check, page, reverb, tag } = facts
  if (!page || facts.policies.length === 0) return []
  const { origin } = page
  const policies = facts.policies.map(readPolicy)
  const isSendable = (address: URL): boolean => policies.every((policy) => maySend(policy, address, origin))
  const findings: Finding[] = []

  const socket = reverb && socketAddress(reverb)
  if (socket && !isSendable(socket)) {
    const at = `${socket.protocol}//${socket.host}`
    const what = `The page’s policy lets it open no socket to ${at}.`
    findings.push(found('policy-blocks-socket', what, `write ${at} into connect-src, with its scheme.`))
  }
  for (const address of [auth, check]) {
    if (address && !isSendable(address))
      findings.push(found('policy-blocks-requests', `The page’s policy lets it send no request to ${shown(address)}.`))
  }
  const address = tag && addressOfTag(tag, page)
  if (tag && address) {
    const script = { address, nonce: tag.attribute('nonce'), integrity: tag.attribute('integrity') }
    if (!policies.every((policy) => mayRun(policy, script, origin)))
      findings.push(found('policy-blocks-tag', `The page’s policy does not let it run ${shown(address)}.`))
  }
  return findings.length > 0 ? findings : [right('policy', 'Its content security policy allows what cart-echo does.')]
}
