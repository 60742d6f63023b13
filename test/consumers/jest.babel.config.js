// Run without NODE_OPTIONS: everything is compiled to CommonJS, as in most projects with Babel. The documents show what that needs.
import documented from './jest.documented.js'

export default {
  ...documented,
  testMatch: ['<rootDir>/*.test.js'],
  testPathIgnorePatterns: ['msw'],
  transform: { '\\.m?js$': ['babel-jest', { plugins: ['@babel/plugin-transform-modules-commonjs'] }] },
}
