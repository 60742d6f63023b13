import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { helpOf } from '../../../src/server/cli/commands'
import { readArguments } from '../../../src/server/cli/options'
import { runCli } from '../../../src/server/cli/run'
import { CATALOGUE } from '../../../src/server/doctor/catalogue'
import { APP, serve } from '../support/serve'
import { front } from './support/front'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const doctor = read('docs/doctor.md')
const readme = read('README.md')

/** What a document shows under a name. */
const shown = (document: string, name: string): string =>
  new RegExp(`<!-- output: ${name} -->\n\`\`\`(?:json)?\n([\\s\\S]*?)\`\`\``).exec(document)?.[1] ?? ''

const UUID = '0199f3a2-7c1e-7b4d-9a5f-3c2d1e0f4b6a'

/** What the command prints of a page. */
const printed = async (words: readonly string[]): Promise<string> => {
  let out = ''
  await runCli(['doctor', ...words], {
    out: (text) => {
      out += text
    },
    err: () => {},
    stopped: () => new Promise(() => {}),
    version: '0.1.0',
  })
  return out
}

/** A shop with faults that no browser shows. */
const illShop = async () => {
  const server = await serve({ autoLogin: UUID, channelRule: 'stock', app: { ...APP, key: 'app-key' } })
  const url = await front(server, (passing, path) => {
    if (path === '/')
      passing.headers['content-security-policy'] = `default-src 'self'; connect-src 'self' ${new URL(server.url).host}`
    if (!path.startsWith('/api/cart/check-updates')) return
    passing.headers['cache-control'] = 'no-cache, private'
    passing.headers['set-cookie'] = ['laravel_session=1; path=/; httponly']
  })
  const out = await printed([`${url}/`])
  return out.replaceAll(url, 'http://shop.test').replaceAll(new URL(server.url).host, 'shop.test:8080')
}

describe('docs/doctor.md', () => {
  it('shows what is printed of a healthy page', async () => {
    const { url } = await serve({ autoLogin: 1 })
    const out = await printed([`${url}/`])
    expect(shown(doctor, 'healthy')).toBe(out.replaceAll(url.slice(5), '//127.0.0.1:8080'))
  })

  it('and README show what is printed of one with faults', async () => {
    const out = await illShop()
    expect(shown(doctor, 'ill')).toBe(out)
    const lines = shown(readme, 'doctor').trim().split('\n')
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) expect(out.split('\n')).toContain(line)
  })

  it('shows the report for programs', async () => {
    const { url } = await serve({ autoLogin: 1, level: 'guide' })
    const report = JSON.parse((await printed([`${url}/`, '--json'])).replaceAll(url.slice(5), '//127.0.0.1:8080'))
    const [page, , , , check] = report.findings
    expect(JSON.parse(shown(doctor, 'json'))).toEqual({ ...report, findings: [page, check] })
  })

  it('shows the help', () => {
    expect(shown(doctor, 'help')).toBe(helpOf('doctor'))
  })

  it('lists every fault, and no other', () => {
    const rows = Object.entries(CATALOGUE).map(([code, { status, why, first }]) => {
      return `| \`${code}\` | ${status} | ${why} | ${first} |`.replaceAll('<', '&lt;')
    })
    const table = doctor.split('<!-- output: faults -->\n')[1]?.trim()
    expect(table).toBe(
      ['| code | | why it matters | the first thing to do |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    )
  })

  it('shows commands that are understood', () => {
    const scripts = [...doctor.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, script = '']) => script).join('')
    const commands = [...scripts.matchAll(/npx cart-echo doctor ([^\n>]+)/g)].map(([, words = '']) => words.trim())
    expect(commands.length).toBeGreaterThan(4)
    const variables = { REVERB_APP_SECRET: 's' }
    for (const words of commands)
      expect(readArguments(['doctor', ...words.split(' ')], variables), words).toMatchObject({ kind: 'doctor' })
  })
})
