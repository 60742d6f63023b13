import { readFileSync } from 'node:fs'
import { filesOf, snippet } from '../../support/documents.mjs'
import { withNodeFiles } from '../../support/node-files.mjs'

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8')
const TSC = 'node_modules/vue-tsc/bin/vue-tsc.js'

export default {
  // All that the documents show of Vue, and events of one's own beside it: in one program.
  files: () =>
    withNodeFiles({
      'src/main.ts': snippet('vue'),
      'src/vue-main.ts': snippet('vue-main'),
      'src/VueStart.vue': snippet('vue-start'),
      // The same Echo, whatever the framework.
      'src/echo.ts': filesOf('vite-react')['src/echo.ts'],
      'src/App.vue': snippet('vue-notice'),
      'src/window-echo.d.ts': snippet('window-echo'),
      'src/own-event.ts': snippet('own-event') + snippet('own-event-news'),
      'src/cart.ts': read('./src/cart.ts'),
    }),
  build: [['node_modules/vite/bin/vite.js', 'build']],
  types: ['tsconfig.json', 'tsconfig.nodenext.json'].map((project) => [TSC, '-p', project]),
  pages: 'dist',
}
