/** A part of the script-tag build that is fetched when it is needed. */
export type Part = 'engine' | 'notice' | 'tabs'

/** What `build/script-tag.mjs` writes into the script. */
export interface Built {
  readonly version: string
  /** The integrity of each part, as in `<script integrity>`. */
  readonly integrity: Readonly<Record<Part, string>>
}
