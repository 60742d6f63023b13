import { type Application, type Settings, settingsOf } from './application'
import { type Channels, createChannels } from './channels'
import { createSubscriptions, type Subscriptions } from './subscriptions'
import type { Wire } from './wire'

/** An application and who is on it. What happens on one is not heard on another. */
export interface RunningApplication {
  readonly settings: Settings
  readonly channels: Channels
  readonly subscriptions: Subscriptions
}

/** An application that nobody is on yet. */
export const runApplication = (application: Application, wire: Wire = {}): RunningApplication => {
  const [settings, channels] = [settingsOf(application), createChannels()]
  return { settings, channels, subscriptions: createSubscriptions({ secret: settings.secret, channels, wire }) }
}
