import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { globals: true, include: ['*.test.js'], environment: process.env.TEST_DOM },
})
