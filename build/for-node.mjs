/** How esbuild bundles what a script of this repository runs in Node from its TypeScript sources. */
export const FOR_NODE = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
}
