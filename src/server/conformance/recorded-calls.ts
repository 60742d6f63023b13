import { callApi } from './api'
import { ask, type HttpAnswer } from './request'
import type { Target } from './target'

const NEWS = { name: 'news', data: '{}', channels: ['private-nobody-is-here'] }

/** The calls of section 12 that stand for themselves, by the recorder's words. */
export const RECORDED_CALLS: Readonly<Record<string, (target: Target) => Promise<HttpAnswer>>> = {
  'GET /channels': ({ httpUrl, main }) =>
    callApi(httpUrl, main, { method: 'GET', path: '/channels', query: { info: 'subscription_count' } }),
  'GET /connections': ({ httpUrl, main }) => callApi(httpUrl, main, { method: 'GET', path: '/connections' }),
  'trigger to a channel nobody is on': ({ httpUrl, main }) =>
    callApi(httpUrl, main, { method: 'POST', path: '/events', body: NEWS }),
  'wrong secret': ({ httpUrl, main }) =>
    callApi(httpUrl, { ...main, secret: `not ${main.secret}` }, { method: 'POST', path: '/events', body: NEWS }),
  'wrong app id': ({ httpUrl, main }) =>
    callApi(httpUrl, { ...main, id: '9999' }, { method: 'POST', path: '/events', body: NEWS }),
  'plain HTTP GET /app/key': ({ httpUrl, main }) => ask({ url: `${httpUrl}/app/${main.key}` }),
  'GET /up': ({ httpUrl }) => ask({ url: `${httpUrl}/up` }),
}
