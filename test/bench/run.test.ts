import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const RUN = fileURLToPath(new URL('../../bench/run.mjs', import.meta.url))

describe('npm run bench', () => {
  it.each([[[]], [['outrage']]])('with %j lists what can be run', (args) => {
    const { status, stderr } = spawnSync(process.execPath, [RUN, ...args], { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toContain('one of: event, hour, load, outage, page, stampede, tabs')
  })
})
