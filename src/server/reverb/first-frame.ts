import { ERROR_FRAMES, establishedFrame } from './frames'
import { isAllowedOrigin } from './origin'
import type { RunningApplication } from './running-application'

/**
 * The first frame of a connection. One over the quota or from a foreign origin is told so and gets no socket id, but
 * nothing else sets it apart: it stays open and may subscribe to public channels. Recorded: Reverb 1.10.2.
 */
export const firstFrame = (
  { settings, channels }: RunningApplication,
  socketId: string,
  origin: string | undefined,
): string => {
  const { maxConnections, allowedOrigins, activityTimeoutS } = settings
  if (maxConnections !== null && channels.subscribed().size >= maxConnections) return ERROR_FRAMES.overQuota
  if (!isAllowedOrigin(allowedOrigins, origin)) return ERROR_FRAMES.originNotAllowed
  return establishedFrame(socketId, activityTimeoutS)
}
