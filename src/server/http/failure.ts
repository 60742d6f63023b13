import type { Call } from './call'
import { expectsJson } from './expects-json'
import { html, json, type Reply, type ReplyHeaders } from './reply'

const TITLES: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  404: 'Not Found',
  419: 'Page Expired',
  503: 'Service Unavailable',
}

/** An error as Laravel writes it: JSON with a message for scripts, a page with a title for everybody else. */
export const failure = (call: Call, status: number, message: string, headers: ReplyHeaders = {}): Reply =>
  expectsJson(call)
    ? json(status, { message }, headers)
    : html(status, errorPage(TITLES[status] ?? 'Server Error'), headers)

/** A small HTML page that says one thing. The title is not escaped. */
export const errorPage = (title: string): string =>
  `<!DOCTYPE html>\n<html lang="en"><head><title>${title}</title></head><body>${title}</body></html>\n`
