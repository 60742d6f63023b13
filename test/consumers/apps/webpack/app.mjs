import { snippet } from '../../support/documents.mjs'

export default {
  files: () => ({ 'src/index.js': snippet('own-echo') }),
  build: [['build.js']],
  pages: 'public',
}
