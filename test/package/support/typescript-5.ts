import { relative } from 'node:path'
import ts from 'typescript'
import type { App } from './pack'
import type { Complaints, Project } from './projects'

// To parse takes as long as to check, and many projects have the same files. The libraries are the same for every resolution, too.
const parsed = new Map<string, ts.SourceFile | undefined>()

const compile = ({ app, config }: Project): ts.Program => {
  const { options, fileNames, errors } = ts.parseJsonSourceFileConfigFileContent(
    ts.readJsonConfigFile(config, ts.sys.readFile),
    ts.sys,
    app.folder,
  )
  const host = ts.createCompilerHost(options)
  const parse = host.getSourceFile
  // As tsc does it.
  host.jsDocParsingMode = ts.JSDocParsingMode.ParseForTypeErrors
  host.getCurrentDirectory = () => app.folder
  host.getSourceFile = (path, how, ...rest) => {
    const isLibrary = /\/lib\.[\w.]+\.d\.ts$/.test(path)
    const key = isLibrary || typeof how !== 'object' ? path : `${path} ${how.impliedNodeFormat}`
    if (!parsed.has(key)) parsed.set(key, parse(path, how, ...rest))
    return parsed.get(key)
  }
  return ts.createProgram({ rootNames: fileNames, options, host, configFileParsingDiagnostics: errors })
}

/** What TypeScript 5 says. */
export const complaintsOf5: Complaints = (project) => {
  const { app } = project
  const compiled = compile(project)
  const ours = compiled.getSourceFiles().filter(({ fileName }) => fileName.startsWith(app.folder))
  return [
    ...compiled.getConfigFileParsingDiagnostics(),
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

/** The names that the declarations in a file say one can import and use at run time. */
export const declaredValues = (path: string): string[] => {
  // No name depends on a library, or on what is imported from elsewhere.
  const options: ts.CompilerOptions = { noLib: true, types: [], moduleResolution: ts.ModuleResolutionKind.Bundler }
  const compiled = ts.createProgram([path], { ...options, module: ts.ModuleKind.ESNext })
  const checker = compiled.getTypeChecker()
  const source = compiled.getSourceFile(path)
  const module = source && checker.getSymbolAtLocation(source)
  if (!module) throw new Error(`${path} is no module.`)
  return checker
    .getExportsOfModule(module)
    .filter(({ declarations = [] }) => !declarations.some(ts.isTypeOnlyExportDeclaration))
    .filter((symbol) => (aliased(checker, symbol).flags & ts.SymbolFlags.Value) !== 0)
    .map(({ name }) => name)
    .sort()
}

const aliased = (checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
