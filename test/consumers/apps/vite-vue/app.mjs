import { snippet } from '../../support/documents.mjs'

export default {
  files: () => ({ 'src/main.ts': snippet('vue'), 'src/App.vue': snippet('vue-notice') }),
  build: [['node_modules/vite/bin/vite.js', 'build']],
  pages: 'dist',
}
