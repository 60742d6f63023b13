import type { Application } from '../reverb/application'

/** The application that most of the recordings were made with. */
export const RECORDED_KEY = 'cart-bed-key'

const application = (id: string, key: string, settings: Partial<Application> = {}): Application => ({
  id,
  key,
  secret: 'cart-bed-secret',
  ...settings,
})

/** The applications of the recordings, the main one first. Their secrets were not recorded. */
export const RECORDED_APPLICATIONS: readonly [Application, ...Application[]] = [
  application('1001', RECORDED_KEY),
  application('1002', 'cart-bed-max1', { maxConnections: 1 }),
  application('1003', 'cart-bed-origin', { allowedOrigins: ['shop.example.test'] }),
  application('1004', 'cart-bed-rate', { rateLimit: { attempts: 5, perSeconds: 60 } }),
  application('1005', 'cart-bed-rate-kill', { rateLimit: { attempts: 5, perSeconds: 60, terminate: true } }),
  application('1006', 'cart-bed-nowhisper', { clientEvents: 'off' }),
  application('1007', 'cart-bed-fast', { activityTimeoutS: 5, pingIntervalS: 10 }),
]
