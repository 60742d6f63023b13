// Run with NODE_OPTIONS=--experimental-vm-modules: cart-echo is ESM, as are the tests. msw needs what jsdom has not.
export default {
  testEnvironment: 'jsdom',
  testMatch: ['<rootDir>/*.test.js'],
  testPathIgnorePatterns: ['msw'],
  transform: {},
}
