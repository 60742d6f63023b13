// Put beside each app: what a proxy before an app and its shop does in production, in a few lines of Node.

/** True for what the shop answers, not the app. */
export const isShops = (url) => /^\/(broadcasting|api\/cart)(\/|\?|$)/.test(url)

/** Passes a request on to the shop. */
export const passOn = async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const { host, connection, ...headers } = request.headers
  const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined
  const answer = await fetch(process.env.SHOP_URL + request.url, { method: request.method, headers, body })
  response.writeHead(answer.status, { 'Content-Type': answer.headers.get('content-type') ?? '' })
  response.end(Buffer.from(await answer.arrayBuffer()))
}
