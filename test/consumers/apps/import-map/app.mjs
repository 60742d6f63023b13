import { snippet } from '../../support/documents.mjs'

const page = () => `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Cart</title>
    ${snippet('import-map')}
    <script type="module" src="/shop.js"></script>
  </head>
  <body>
    <!-- cart-echo -->
  </body>
</html>
`

export default {
  files: () => ({ 'public/index.html': page(), 'public/shop.js': snippet('import-map-module') }),
  build: [['copy.js']],
  // An inline map: the shop's policy has to let it.
  pageHeaders: { 'Content-Security-Policy': "script-src 'self' 'unsafe-inline'" },
  pages: 'public',
}
