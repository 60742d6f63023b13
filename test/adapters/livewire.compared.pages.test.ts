import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleApp } from '../support/app-page'
import { openBrowser, type TestBrowser } from '../support/browser'
import { startLivewireServer } from '../support/livewire-server/livewire-server'
import { isShippedLivewire, realLivewire } from '../support/livewire-server/real-livewire'
import { differenceOf } from './support/difference'
import { OLDER } from './support/livewire-older'
import { COMPONENTS, PAGES, STORIES, type Stage, type Story } from './support/livewire-stories'

// The stand-in for Livewire beside Livewire's own script, in Chromium, before the same server: both are told the same story, and must say and ask the same, in the same order.

const STAND_IN = `
import { createStandIn } from './examples/livewire/stand-in'
const { load, start } = createStandIn({ version: VERSION })
load()
document.addEventListener('DOMContentLoaded', start)
`

const held: { chromium?: TestBrowser; real?: Stage; standIn?: Stage } = {}

const stageOf = async (chromium: TestBrowser, script: string): Promise<Stage> => {
  const server = await startLivewireServer(COMPONENTS)
  server.put({ ...PAGES, 'livewire.js': script })
  return { server, page: await chromium.open('about:blank') }
}

beforeAll(async () => {
  const chromium = await openBrowser()
  held.chromium = chromium
  const script = realLivewire()
  const version = script.includes('interceptMessage') ? 4 : 3
  held.real = await stageOf(chromium, script)
  held.standIn = await stageOf(chromium, await bundleApp(STAND_IN.replace('VERSION', String(version))))
})

afterAll(async () => {
  await held.chromium?.close()
  await held.real?.server.close()
  await held.standIn?.server.close()
})

const play = async (stage: Stage, path: string, story: Story): Promise<string[]> => {
  const { server, page } = stage
  server.asked.length = 0
  server.hold().end()
  await page.goto(server.url + path)
  await page.evaluate('quiet()')
  await story(stage)
  return page.evaluate('said')
}

describe("the stand-in and Livewire's own script", () => {
  it.each(Object.entries(STORIES))('say and ask the same when %s', async (name, [path, story]) => {
    const stages = [held.real, held.standIn] as readonly [Stage, Stage]
    const [real, standIn] = await Promise.all(stages.map((stage) => play(stage, path, story)))
    expect(real?.length).toBeGreaterThan(0)
    expect(differenceOf(real ?? [], standIn ?? [])).toEqual(isShippedLivewire ? (OLDER[name] ?? []) : [])
  })
})
