import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { startFaultProxy } from '../../../src/server/proxy/start-fault-proxy'
import { startServer } from '../../../src/server/start-server'

const document = readFileSync(new URL('../../../docs/server.md', import.meta.url), 'utf8')

/** Runs a snippet of docs/server.md and gives what it printed. */
const run = async (name: string): Promise<unknown[][]> => {
  const code = new RegExp(`<!-- snippet: ${name} -->\\n\`\`\`js\\n([\\s\\S]*?)\`\`\``).exec(document)?.[1] ?? ''
  const said: unknown[][] = []
  const body = code.replace(/^import.*$/m, '').replaceAll('console.log(', 'say(')
  const start = new Function('startServer', 'startFaultProxy', 'say', `return (async () => { ${body} })()`)
  await start(startServer, startFaultProxy, (...words: unknown[]) => said.push(words))
  return said
}

describe('the snippet of docs/server.md', () => {
  it('faults runs and ends', async () => {
    expect(await run('faults')).toEqual([[0]])
  })

  it('proxy runs and ends', async () => {
    expect(await run('proxy')).toEqual([
      [expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/cart$/)],
      [1, true, 'opened,reached'],
    ])
  })
})

describe('the tables of docs/server.md', () => {
  const table = (heading: string): string => document.split(`## ${heading}`)[1]?.split('\n## ')[0] ?? ''
  const kindsIn = (file: string): string[] =>
    [
      ...readFileSync(new URL(`../../../src/server/${file}`, import.meta.url), 'utf8').matchAll(/kind: '([\w-]+)'/g),
    ].map(([, kind = '']) => kind)

  it.each([
    [
      'Break it',
      ['faults/socket-faults.ts', 'faults/event-faults.ts', 'faults/call-faults.ts', 'faults/shop-faults.ts'],
    ],
    ['Break the line', ['proxy/fault.ts']],
  ])('%s: name every fault there is', (heading, files) => {
    const kinds = files.flatMap(kindsIn)
    expect(kinds.length).toBeGreaterThan(5)
    expect(kinds.filter((kind) => !table(heading).includes(`\`${kind}\``))).toEqual([])
  })
})
