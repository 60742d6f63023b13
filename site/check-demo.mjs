// What the live demo promises, tried as a person would: by its buttons.

const part = (page, name) => page.locator(`[data-part="${name}"]`).first()
const press = (page, name) => page.getByRole('button', { name, exact: true }).click()
const notice = (page) => page.locator('cart-echo-notice [part~="message"]')
const state = (page, name) => page.locator(`[data-part="tab"] [data-part="state"][data-name="${name}"]`)

const text = async (locator) => (await locator.textContent())?.trim() ?? ''

const until = async (what, look) => {
  const giveUpAtMs = Date.now() + 30_000
  let seen = await look()
  for (; seen !== true && Date.now() < giveUpAtMs; seen = await look()) await new Promise((go) => setTimeout(go, 50))
  if (seen !== true) throw new Error(`${what}; it is ${seen}`)
}

const totalIs = (page, amount) =>
  until(`the total should be ${amount}`, async () => {
    const seen = await text(part(page, 'total'))
    return seen === amount || seen
  })

const noticeSays = (page, words) =>
  until(`the notice should say “${words}”`, async () => {
    const seen = (await notice(page).innerText()).replace(/\s+/g, ' ')
    return seen.includes(words) || seen
  })

const insist = (isSo, complaint) => {
  if (!isSo) throw new Error(complaint)
}

/** Brings the demo to where there is most to see. */
export const breakIt = async (page) => {
  await press(page, 'End the promotion: Raya Sale')
  await noticeSays(page, 'Raya Sale has ended')
  await press(page, 'Open another tab')
  await page.locator('[data-part="other-tab"] [data-name="live"]').waitFor()
  await press(page, 'Drop the socket')
  await state(page, 'polling').waitFor()
}

/** Each a promise, and what tries it on a page of its own. */
export const tryDemo = [
  [
    'a promotion ends, and the notice and the total say so',
    async (page) => {
      const before = await text(part(page, 'total'))
      await press(page, 'End the promotion: Raya Sale')
      await noticeSays(page, 'Raya Sale has ended')
      await until('the total should be another', async () => (await text(part(page, 'total'))) !== before || before)
      await press(page, 'Begin it again: Raya Sale')
      await totalIs(page, before)
    },
  ],
  [
    'what ends while the socket is down is asked for, and the socket comes back',
    async (page) => {
      await press(page, 'Drop the socket')
      await state(page, 'polling').waitFor()
      await press(page, 'End the promotion: Payday voucher')
      await noticeSays(page, 'Payday voucher has ended')
      await press(page, 'Reconnect')
      await state(page, 'live').waitFor()
    },
  ],
  [
    'a lost message is found by asking before the checkout',
    async (page) => {
      const before = await text(part(page, 'total'))
      await press(page, 'Lose the next message')
      await press(page, 'End the promotion: Raya Sale')
      insist((await text(part(page, 'total'))) === before, 'the message was not lost')
      await press(page, 'Check out')
      await noticeSays(page, 'Raya Sale has ended')
      await until('the checkout says so', async () => /just changed/.test(await text(part(page, 'checkout-answer'))))
    },
  ],
  [
    'a burst out of order, and partly twice, is told once and in order',
    async (page) => {
      await press(page, 'Burst of nine')
      const told = () => page.locator('[data-part="story"] li', { hasText: /^Page:/ }).allTextContents()
      await until('they are listed, the newest on top', async () => {
        const seqs = (await told()).map((line) => Number(/:(\d+)\)/.exec(line)?.[1]))
        return seqs.join() === '9,8,7,6,5,4,3,2,1' || seqs.join()
      })
    },
  ],
  [
    'a log-out ends it, and a log-in begins it again',
    async (page) => {
      await press(page, 'Log out')
      await state(page, 'refused').waitFor()
      insist(!(await part(page, 'cart').isVisible()), 'the cart is still shown')
      await press(page, 'Log in again')
      await state(page, 'live').waitFor()
      await press(page, 'End the promotion: Raya Sale')
      await noticeSays(page, 'Raya Sale has ended')
    },
  ],
  [
    'another tab shares the connection, and hears the same',
    async (page) => {
      await press(page, 'Open another tab')
      const other = page.locator('[data-part="other-tab"]')
      await other.locator('[data-name="live"]').waitFor()
      await press(page, 'End the promotion: Raya Sale')
      await other.getByText('Raya Sale has ended').waitFor()
      await press(page, 'Close the other tab')
      await other.waitFor({ state: 'hidden' })
      await state(page, 'live').waitFor()
    },
  ],
  [
    'the inspector opens and closes',
    async (page) => {
      await press(page, 'Inspector')
      const panel = page.locator('cart-echo-inspector')
      await panel.getByText('subscribed').first().waitFor()
      await press(page, 'End the promotion: Raya Sale')
      await panel.locator('summary', { hasText: /Payloads\s*1/ }).waitFor()
      await panel.getByRole('button', { name: 'Close' }).click()
      await panel.waitFor({ state: 'detached' })
      await press(page, 'Inspector')
      await panel.waitFor({ state: 'attached' })
      await press(page, 'Inspector')
      await panel.waitFor({ state: 'detached' })
    },
  ],
  [
    'the keyboard is enough',
    async (page) => {
      await page.locator('.demo-head a').focus()
      await page.keyboard.press('Tab')
      const label = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
      insist(label === 'End the promotion: Raya Sale', `the first stop is ${label}`)
      await page.keyboard.press('Enter')
      await noticeSays(page, 'Raya Sale has ended')
      const after = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
      insist(after === 'Begin it again: Raya Sale', `the focus is on ${after}`)
    },
  ],
  [
    'leaving the page ends it, and it begins again when one is back',
    async (page) => {
      await page.locator('.demo-head a').click()
      await page.waitForURL(/testing/)
      await page.goBack()
      await state(page, 'live').waitFor()
      await press(page, 'End the promotion: Raya Sale')
      await noticeSays(page, 'Raya Sale has ended')
    },
  ],
]
