import { join, relative } from 'node:path'
import ts from 'typescript'
import type { App } from './pack'

/** How an app is compiled. */
export interface Compiling {
  readonly resolution: 'bundler' | 'nodenext'
  readonly lib: readonly string[]
  readonly types: readonly string[]
}

const RESOLUTION: Record<Compiling['resolution'], ts.CompilerOptions> = {
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
}

const STRICTEST: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  strict: true,
  exactOptionalPropertyTypes: true,
  noFallthroughCasesInSwitch: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noUncheckedIndexedAccess: true,
  noUncheckedSideEffectImports: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  allowUnreachableCode: false,
  erasableSyntaxOnly: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  forceConsistentCasingInFileNames: true,
  skipLibCheck: false,
  noEmit: true,
}

// The DOM's declarations take longer to parse than all the rest; no app changes them.
const libraries = new Map<string, ts.SourceFile | undefined>()

/** One file of an app, to be checked as strictly as TypeScript can. */
const compile = (app: App, file: string, { resolution, lib, types }: Compiling): ts.Program => {
  const options: ts.CompilerOptions = {
    ...STRICTEST,
    ...RESOLUTION[resolution],
    lib: lib.map((name) => `lib.${name}.d.ts`),
    types: [...types],
  }
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile
  host.getCurrentDirectory = () => app.folder
  host.getSourceFile = (path, ...rest) => {
    if (!/\/lib\.[\w.]+\.d\.ts$/.test(path)) return read(path, ...rest)
    if (!libraries.has(path)) libraries.set(path, read(path, ...rest))
    return libraries.get(path)
  }
  return ts.createProgram([join(app.folder, file)], options, host)
}

/** What the compiler says about the app and about our declarations in it, as `file:line code text`. */
export const complaints = (app: App, file: string, compiling: Compiling): string[] => {
  const compiled = compile(app, file, compiling)
  const ours = compiled.getSourceFiles().filter(({ fileName }) => fileName.startsWith(app.folder))
  return [
    ...compiled.getOptionsDiagnostics(),
    ...ours.flatMap((source) => [
      ...compiled.getSyntacticDiagnostics(source),
      ...compiled.getSemanticDiagnostics(source),
    ]),
    ...compiled.getGlobalDiagnostics(),
  ].map((found) => inWords(found, app))
}

const inWords = ({ file, start = 0, code, messageText }: ts.Diagnostic, app: App): string => {
  const text = ts.flattenDiagnosticMessageText(messageText, '\n')
  if (!file) return `TS${code} ${text}`
  const line = file.getLineAndCharacterOfPosition(start).line + 1
  return `${relative(app.folder, file.fileName)}:${line} TS${code} ${text}`
}

/** The names an entry's declarations say one can import and use at run time. */
export const declaredValues = (app: App, file: string, compiling: Compiling): string[] => {
  const compiled = compile(app, file, compiling)
  const checker = compiled.getTypeChecker()
  const source = compiled.getSourceFile(join(app.folder, file))
  const module = source && checker.getSymbolAtLocation(source)
  if (!module) throw new Error(`${file} is no module.`)
  return checker
    .getExportsOfModule(module)
    .filter(({ declarations = [] }) => !declarations.some(ts.isTypeOnlyExportDeclaration))
    .filter((symbol) => (aliased(checker, symbol).flags & ts.SymbolFlags.Value) !== 0)
    .map(({ name }) => name)
    .sort()
}

const aliased = (checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
