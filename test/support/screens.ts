import type { Page } from 'playwright'

/** A screen that pages are looked at on. */
export interface Screen {
  readonly width: number
  readonly height: number
  readonly colorScheme: 'dark' | 'light'
}

/** The narrowest and a wide one. */
export const SCREENS: readonly Screen[] = [
  { width: 360, height: 740, colorScheme: 'dark' },
  { width: 1_600, height: 900, colorScheme: 'light' },
]

/** How wide the page is there. Wider than the screen, it scrolls sideways. */
export const widthOn = async ({ width, height, colorScheme }: Screen, page: Page): Promise<number> => {
  await page.emulateMedia({ colorScheme })
  await page.setViewportSize({ width, height })
  await page.waitForFunction((wanted) => innerWidth === wanted, width)
  return page.evaluate(() => document.documentElement.scrollWidth)
}
