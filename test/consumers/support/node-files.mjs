/**
 * Files of `src` once more in `src-node`, with the extensions in their own imports that Node asks for, and bundlers do not. Its TypeScript is held to that by `module` node16 and nodenext.
 */
export const withNodeFiles = (files) => ({
  ...files,
  ...Object.fromEntries(
    Object.entries(files).map(([path, code]) => [
      path.replace(/^src\//, 'src-node/'),
      code.replace(/(from|import) '(\.\/[\w-]+)'/g, "$1 '$2.js'"),
    ]),
  ),
})
