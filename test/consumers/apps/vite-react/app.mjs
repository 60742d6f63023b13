import { readFileSync } from 'node:fs'
import { filesOf, snippet } from '../../support/documents.mjs'
import { withNodeFiles } from '../../support/node-files.mjs'

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8')
const TSC = 'node_modules/typescript/bin/tsc'

export default {
  // All that the documents show of React, and events of one's own beside it: in one program.
  files: () =>
    withNodeFiles({
      'src/main.tsx': snippet('react'),
      'src/react-start.tsx': snippet('react-start'),
      'src/cart.ts': read('./src/cart.ts'),
      'src/echo.ts': filesOf('vite-react')['src/echo.ts'],
      'src/window-echo.d.ts': snippet('window-echo'),
      'src/own-event.ts': snippet('own-event') + snippet('own-event-news'),
      'src/query-client.ts': read('./src/query-client.ts'),
    }),
  build: [['node_modules/vite/bin/vite.js', 'build']],
  types: ['tsconfig.json', 'tsconfig.node16.json', 'tsconfig.nodenext.json'].map((project) => [TSC, '-p', project]),
  pages: 'dist',
}
