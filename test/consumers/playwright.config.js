import { defineConfig } from '@playwright/test'

const { CHROMIUM_PATH, CHROMIUM_ARGS } = process.env

export default defineConfig({
  testMatch: '*.spec.js',
  workers: 1,
  use: { launchOptions: { executablePath: CHROMIUM_PATH, args: JSON.parse(CHROMIUM_ARGS ?? '[]') } },
})
