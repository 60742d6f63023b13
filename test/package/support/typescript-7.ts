import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { API, type Diagnostic, type Program } from 'typescript-7/unstable/sync'
import type { App } from './pack'
import type { Complaints, Project } from './projects'

/** TypeScript 7 with projects open, which share all they have in common. */
export interface OpenProjects {
  readonly complaintsOf: Complaints
  readonly close: () => void
}

/** Opens projects. To check a part of many of them is what `tsc` cannot do; the API that can is not stable yet. */
export const openProjects = (projects: readonly Project[]): OpenProjects => {
  const api = new API()
  const opened = api.updateSnapshot({ openProjects: projects.map(({ config }) => config) })
  return {
    complaintsOf: ({ app, config }) => {
      const compiled = opened.getProject(config)?.program
      if (!compiled) throw new Error(`${config} is not open.`)
      return complaintsIn(compiled, app)
    },
    close: () => api.close(),
  }
}

// Not the global ones, as with TypeScript 5: for them it checks all libraries, each time.
const complaintsIn = (compiled: Program, app: App): string[] => {
  const ours = compiled.getSourceFileNames().filter((name) => name.startsWith(app.folder))
  return [
    ...compiled.getConfigFileParsingDiagnostics(),
    ...compiled.getProgramDiagnostics(),
    ...ours.flatMap((name) => [
      ...compiled.getSyntacticDiagnostics(name),
      ...compiled.getBindDiagnostics(name),
      ...compiled.getSemanticDiagnostics(name),
    ]),
  ].map((found) => inWords(found, app))
}

const inWords = (found: Diagnostic, app: App): string => {
  const { fileName, pos, code } = found
  const text = chained(found).join('\n')
  if (fileName === undefined) return `TS${code} ${text}`
  const line = readFileSync(fileName, 'utf8').slice(0, pos).split('\n').length
  return `${relative(app.folder, fileName)}:${line} TS${code} ${text}`
}

const chained = ({ text, messageChain = [] }: Diagnostic): string[] => [text, ...messageChain.flatMap(chained)]
