import type { AppFiles } from './app-files'

/** The packages of an app. */
export interface Composer {
  /** The version that is installed, without its `v`; where that is not known the constraint; null where there is none. */
  readonly versionOf: (name: string) => string | null
  /** Where the namespace `App\` lies, as composer.json says; null where it says nothing of it. */
  readonly appFolder: string | null
  /** True where composer.lock is there and cannot be read: versions are then those that composer.json asks for. */
  readonly hasBadLock: boolean
}

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What stands under a key, as an object; empty where that is none. */
export const objectAt = (json: unknown, key: string): Json => {
  const value = isObject(json) ? json[key] : null
  return isObject(value) ? value : {}
}

/** JSON of a file; undefined where it is none. */
export const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** Reads composer.json and composer.lock. A text says what is wrong with the first. */
export const readComposer = async (files: AppFiles): Promise<Composer | string> => {
  const text = await files.text('composer.json')
  if (text === null && !(await files.has('composer.json'))) return `there is no composer.json in ${files.root}`
  const json = readJson(text ?? '')
  if (!isObject(json)) return 'composer.json is no JSON: composer validate says where'
  const lockText = await files.text('composer.lock')
  const lock = lockText === null && !(await files.has('composer.lock')) ? {} : readJson(lockText ?? '')
  const asked = { ...objectAt(json, 'require-dev'), ...objectAt(json, 'require') }
  const installed = new Map(packagesOf(lock))
  const folder = objectAt(objectAt(json, 'autoload'), 'psr-4')['App\\']
  return {
    versionOf: (name) => installed.get(name) ?? (typeof asked[name] === 'string' ? asked[name] : null),
    appFolder: typeof folder === 'string' ? folder : null,
    hasBadLock: !isObject(lock),
  }
}

const packagesOf = (lock: unknown): readonly (readonly [name: string, version: string])[] =>
  ['packages', 'packages-dev'].flatMap((key) => {
    const list = isObject(lock) ? lock[key] : null
    return (Array.isArray(list) ? list : []).flatMap((one: unknown) =>
      isObject(one) && typeof one.name === 'string' && typeof one.version === 'string'
        ? [[one.name, one.version.replace(/^v(?=\d)/, '')] as const]
        : [],
    )
  })

/** The first two numbers of a version, or of the latest that a constraint allows; null where it has none, such as `dev-master`. */
export const numbersOf = (version: string): readonly [major: number, minor: number] | null => {
  // The name of a branch and a commit have numbers too.
  const numbers = version.replace(/(?<![\w.-])dev-[^\s,|]*|#\w+/g, '')
  const found = [...numbers.matchAll(/(?<![\d.])(\d+)(?:\.(\d+|x|\*))?/g)].map(
    ([, major, minor]) => [Number(major), Number(minor) || 0] as const,
  )
  return found.sort(([a, x], [b, y]) => b - a || y - x)[0] ?? null
}
