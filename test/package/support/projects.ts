import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from './pack'

/** How imports are looked up. */
export type Resolution = 'bundler' | 'nodenext'

/** Where an app runs. */
export interface Place {
  readonly lib: readonly string[]
  readonly types: readonly string[]
}

/** What is compiled at once: some files of an app, and all they import. */
export interface Project {
  readonly app: App
  /** Its tsconfig.json, by which every compiler reads the same. */
  readonly config: string
}

/** What a compiler says about a project's files and about our declarations in it, as `file:line code text`. */
export type Complaints = (project: Project) => string[]

const RESOLUTION: Record<Resolution, object> = {
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
}

const STRICTEST = {
  target: 'es2022',
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

/** Some files of an app, to be checked as strictly as TypeScript can. */
export const project = async (
  app: App,
  files: readonly string[],
  resolution: Resolution,
  place: Place,
): Promise<Project> => {
  const config = join(app.folder, `${files[0]}-${files.length}-${resolution}.json`)
  const compilerOptions = { ...STRICTEST, ...RESOLUTION[resolution], ...place }
  await writeFile(config, JSON.stringify({ compilerOptions, files }))
  return { app, config }
}
