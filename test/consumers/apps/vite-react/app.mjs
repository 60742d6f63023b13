import { snippet } from '../../support/documents.mjs'

export default {
  files: () => ({ 'src/main.tsx': snippet('react') }),
  build: [['node_modules/vite/bin/vite.js', 'build']],
  pages: 'dist',
}
