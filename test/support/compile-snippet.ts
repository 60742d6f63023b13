import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** What the strict compiler says about a snippet that imports the built package. */
export const complaintsOf = (code: string): string[] => {
  const path = fileURLToPath(new URL('../readme-snippet.ts', import.meta.url))
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    skipLibCheck: true,
  }
  const host = ts.createCompilerHost(options)
  const { readFile, fileExists, getSourceFile } = host
  host.fileExists = (name) => name === path || fileExists(name)
  host.readFile = (name) => (name === path ? code : readFile(name))
  host.getSourceFile = (name, version) =>
    name === path ? ts.createSourceFile(name, code, version) : getSourceFile(name, version)
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([path], options, host))
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}
