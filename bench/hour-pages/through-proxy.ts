/** Has the page’s block name the proxy for sockets. All that a page says is to go through the proxy that it was opened through, which counts it; the stand-in's own block names its own port. */
export const blockThroughProxy = (): void => {
  const block = document.querySelector('[data-cart-echo]')
  const page = JSON.parse(block?.textContent ?? '')
  const reverb = { ...page.reverb, host: location.hostname, port: Number(location.port) }
  if (block) block.textContent = JSON.stringify({ ...page, reverb })
}
