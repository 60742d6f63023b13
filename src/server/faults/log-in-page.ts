import type { Handler } from '../http/call'
import { errorPage } from '../http/failure'
import { html } from '../http/reply'
import { route } from '../http/routes'

/** Where a log-in page stands: what requests are redirected to. */
export const LOG_IN_PATH = '/faults/log-in'

/** A page that asks everybody to log in. Nobody can. */
export const logInPage: Handler = route('GET', LOG_IN_PATH, () => html(200, errorPage('Log in')))
