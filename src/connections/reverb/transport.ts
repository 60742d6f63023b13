import { createAlarm, isYoung } from '../../engine/clock'
import { CartEchoError, wordsOf } from '../../engine/errors'
import { attempt, hasOwn } from '../../engine/shape'
import { delayed, refused } from '../../engine/state'
import type { ConnectorOptions, Transport } from '../../engine/transport'
import { type AuthOptions, authorise, ENDPOINT } from '../authorise'
import { BACK_WITHIN_MS, createReconnection, DOUBT_AFTER, DOUBT_ANSWER_WITHIN_MS } from '../reconnect'
import { authorisationFact, CONFIRM_WITHIN_MS, createRefusals, type Refusal, socketRefusal } from '../refusal'
import { readFrame } from './frame'
import { type ChannelState, moveChannel, moveSocket, type SocketEvent, type SocketState } from './states'

/** What the transport is made of. */
export interface ReverbTransportOptions extends ConnectorOptions {
  /** The address of the socket. */
  readonly url: string
  readonly auth: AuthOptions | undefined
}

/** How long an answer to a ping may take where nothing else makes doubt. */
const ANSWER_WITHIN_MS = 8_000
/** After so many tries without a greeting on this page, it is told where to look: a browser does not say why a socket fails. */
const NEVER_OPENED_AFTER = 3
/** A timer so late says that the page was held up itself, and the answer may lie unread. */
const LATE_MS = 1_000

/**
 * Listens on a private channel by a WebSocket of its own, in the Pusher protocol as Reverb speaks it. Reconnects by `createReconnection`, is authorised
 * anew for each socket, asks for a refused channel again, later each time, and pings a socket that is silent or may have died. Says `subscribed` only when
 * the server confirmed the channel. Never throws; asks no check.
 */
export const reverbTransport =
  ({ environment, url, auth, channel: user, events }: ReverbTransportOptions): Transport =>
  (sink) => {
    const name = `private-${user}`
    // For messages: the app's key says nothing about where.
    const [server] = url.split('/app/')
    const reconnection = createReconnection(environment)
    const refusals = createRefusals(environment, sink)
    // The socket waits for one thing at a time, and so does the channel.
    const socketAlarm = createAlarm(environment)
    const channelAlarm = createAlarm(environment)
    let web: WebSocket | null = null
    let socket: SocketState = { name: 'waiting', nextTryAtMs: 0, refusal: null }
    let channel: ChannelState = 'none'
    let asking = new AbortController()
    let heardAtMs = 0
    /** Tries in vain; null once the server has greeted, or refused. */
    let vainTries: number | null = 0

    const inFuture = (inMs: number): number => environment.nowMs() + inMs
    const isOpen = (): boolean => hasOwn(socket, 'socketId')
    const move = (event: SocketEvent): void => {
      socket = moveSocket(socket, event)
    }

    // The socket. Whoever hears a fact may stop us: it is said last.

    const open = (): void => {
      hangUp()
      const inMs = reconnection.begun()
      let opened: WebSocket
      try {
        // Looked up at each call: instrumentation may replace it later.
        opened = web = new WebSocket(url)
      } catch (cause) {
        return refuseSocket(refused('no-web-socket', { cause, detail: `${server}: ${wordsOf(cause)}` }))
      }
      opened.onmessage = ({ data }) => hear(data)
      opened.onclose = ({ code }) => closed(code)
      // A close follows. Outside browsers an error that nobody hears is thrown.
      opened.onerror = () => undefined
      move({ name: 'opened-anew', nextTryAtMs: inFuture(inMs) })
      socketAlarm.set(inMs, () => {
        reconnection.gaveUp()
        open()
      })
      if (reconnection.isLost()) sayLost()
      else sink.state({ name: 'socket-opening' })
      if (vainTries === NEVER_OPENED_AFTER)
        sink.report(new CartEchoError('no-answer', `${server} never opened: look at host, port and scheme.`))
      if (vainTries !== null) vainTries += 1
    }

    // A refusal stays the reason until the server greets.
    const sayLost = (): void => {
      if (hasOwn(socket, 'nextTryAtMs') && !socket.refusal)
        sink.state({ name: 'socket-lost', nextTryAtMs: socket.nextTryAtMs })
    }

    const refusalBy = (code: number): Refusal | null => socketRefusal(code, false, true, `${server}, `)

    const closed = (code: number): void => {
      // A server that greeted has lost a connection that it ends by the code of a refused origin (4009 is one code for three things), and so has a proxy that
      // ends it by 4005 or 4006: @fastify/http-proxy makes these of 1005 and 1006.
      const refusal = isOpen() && [4005, 4006, 4009].includes(code) ? null : refusalBy(code)
      if (refusal) return refuseSocket(refusal)
      waitFor(isOpen() ? reconnection.lost('server') : reconnection.failed())
    }

    const waitFor = (inMs: number): void => {
      hangUp()
      move({ name: 'lost', nextTryAtMs: inFuture(inMs) })
      socketAlarm.set(inMs, open)
      sayLost()
    }

    const refuseSocket = (refusal: Refusal): void => {
      hangUp()
      reconnection.ended()
      vainTries = null
      move({ name: 'refused', refusal })
      refusals.tell(refusal, socketAlarm, open, reconnection.refused)
    }

    /** Lets the socket go: nothing of it, or of its channel, is heard any more. */
    const hangUp = (): void => {
      socketAlarm.stop()
      leaveChannel('lost')
      if (web) web.onmessage = web.onclose = null
      attempt(() => web?.close())
      web = null
    }

    // Instrumentation may throw. What was not sent is not answered.
    const send = (event: string, data: object): void => {
      attempt(() => web?.send(JSON.stringify({ event, data })))
    }

    const hear = (text: unknown): void => {
      heardAtMs = environment.nowMs()
      if (socket.name === 'pinged') {
        move({ name: 'heard' })
        awaitSilence()
      }
      const frame = readFrame(text, name, events)
      switch (frame.name) {
        case 'greeting':
          return greeted(frame.socketId, frame.silentMs)
        case 'error':
          return complained(frame.code)
        case 'ping':
          return send('pusher:pong', {})
        case 'confirmed':
          return confirmed()
        case 'not-confirmed':
          return refuseChannel(delayed('signature-refused', { cause: frame.error }))
        case 'broadcast':
          // It proves the subscription, whatever became of the confirmation.
          if (channel !== 'live') confirmed()
          return sink.deliver(frame.event, frame.payload)
      }
    }

    const greeted = (socketId: string | null, silentMs: number): void => {
      if (socket.name !== 'opening') return
      if (socketId === null) return refuseSocket(delayed('socket-refused', { detail: `(${server}, greeting)` }))
      reconnection.opened()
      vainTries = null
      move({ name: 'greeted', socketId, silentMs })
      awaitSilence()
      join()
      sink.state({ name: 'socket-open' })
    }

    // In place of a greeting it is about the socket. Later 4009 is about our signature if we have just shown it; all else is about what is not ours.
    const complained = (code: number): void => {
      const refusal = refusalBy(code)
      if (socket.name === 'opening' && refusal) refuseSocket(refusal)
      else if (channel === 'subscribing' && code === 4009) refuseChannel(delayed('signature-refused'))
    }

    // No timer is planned anew with each frame: that would cost more than the frame.
    const awaitSilence = (): void => {
      if (socket.name !== 'open') return
      const nowMs = environment.nowMs()
      // After a clock was set back nobody knows how long it has been silent.
      if (isYoung(heardAtMs, nowMs, socket.silentMs)) socketAlarm.set(socket.silentMs - nowMs + heardAtMs, awaitSilence)
      else ping(ANSWER_WITHIN_MS)
    }

    const ping = (withinMs: number): void => {
      move({ name: 'pinged' })
      const untilMs = inFuture(withinMs)
      send('pusher:ping', {})
      socketAlarm.set(withinMs, () => {
        if (environment.nowMs() - untilMs > LATE_MS) ping(withinMs)
        // Pages notice a silence each in its own time, so they need not be spread.
        else waitFor(reconnection.lost('own-network'))
      })
    }

    // The channel.

    const join = (): void => {
      if (!hasOwn(socket, 'socketId')) return
      leaveChannel('asked')
      asking = new AbortController()
      const { signal } = asking
      authorise(environment, { socketId: socket.socketId, channelName: name }, auth, signal).then((answer) => {
        if (signal.aborted) return
        if (answer.name === 'failed') {
          const { status, cause, isForeign, retryAfterMs } = answer
          return refuseChannel(
            authorisationFact(`${name}, ${auth?.endpoint || ENDPOINT}`, status, cause, isForeign),
            retryAfterMs,
          )
        }
        channel = moveChannel(channel, 'signed')
        channelAlarm.set(CONFIRM_WITHIN_MS, unconfirmed)
        send('pusher:subscribe', { auth: answer.auth, channel: name })
      })
    }

    const leaveChannel = (why: 'asked' | 'refused' | 'lost'): void => {
      channel = moveChannel(channel, why)
      channelAlarm.stop()
      asking.abort()
    }

    // A fresh signature first, a fresh socket if that does not help.
    const unconfirmed = (): void => {
      if (refusals.needsSocket()) waitFor(reconnection.lost('own-network'))
      else refuseChannel(delayed('no-answer'))
    }

    const confirmed = (): void => {
      const before = channel
      channel = moveChannel(before, 'confirmed')
      if (channel !== 'live') return
      channelAlarm.stop()
      asking.abort()
      reconnection.proven()
      const withinMs = refusals.clear() ? BACK_WITHIN_MS : 0
      if (before !== 'live') sink.state({ name: 'subscribed' })
      // Also when it is confirmed once more: nobody knows what was sent before.
      sink.resync(withinMs)
    }

    const refuseChannel = (said: Refusal, retryAfterMs = 0): void => {
      if (channel === 'none') return
      leaveChannel('refused')
      refusals.tell(said, channelAlarm, join, (fact) => retryAfterMs + refusals.pauseMs(fact))
    }

    const stopWatching = environment.watchPage((signal) => {
      if (signal === 'online' && !isOpen() && reconnection.isLost()) waitFor(reconnection.online())
      else if (DOUBT_AFTER.includes(signal) && socket.name === 'open') ping(DOUBT_ANSWER_WITHIN_MS)
    })
    open()

    return {
      stop: () => {
        stopWatching()
        hangUp()
        // Stopped from within what a page put there, such as its fetch that is aborted, one more step is made, and may plan the next.
        Promise.resolve().then(hangUp)
      },
    }
  }
