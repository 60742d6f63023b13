/** What each entry exports. A name in this list is a promise. A new one is a decision: it belongs into README and CHANGELOG too. */
export const EXPORTED: Readonly<Record<string, readonly string[]>> = {
  'cart-echo': ['CartEchoError', 'createCartEcho', 'readPage'],
  'cart-echo/echo': ['echo'],
  'cart-echo/reverb': ['reverb'],
  'cart-echo/alpine': ['cartEcho'],
  'cart-echo/livewire': ['livewire'],
  'cart-echo/react': [
    'CartEchoProvider',
    'useCartChange',
    'useCartConnection',
    'useCartEcho',
    'useCartNews',
    'useCartRefresh',
  ],
  'cart-echo/vue': ['cartEcho', 'onCartChange', 'onCartRefresh', 'useCartConnection', 'useCartEcho', 'useCartNews'],
  'cart-echo/notice': ['showNotices'],
  'cart-echo/inspector': ['inspect'],
  'cart-echo/echo-events': [],
  'cart-echo/global': [],
  'cart-echo/server': ['CartEchoServerError', 'startFaultProxy', 'startServer'],
}
