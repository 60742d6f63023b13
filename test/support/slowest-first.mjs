import { statSync } from 'node:fs'
import { BaseSequencer } from 'vitest/node'

/** What takes long begins first, so that nobody waits for it alone at the end. */
const ORDER = ['chromium', 'pages', 'package', 'sockets', 'happy-dom', 'unit']

/** Orders test files by how long they can be expected to take: by where they run, then by their size. */
export class SlowestFirst extends BaseSequencer {
  /** @param {import('vitest/node').TestSpecification[]} files */
  async sort(files) {
    const placed = files.map((file) => ({
      file,
      place: ORDER.indexOf(file.project.name.replace(/ .*/, '')),
      size: statSync(file.moduleId).size,
    }))
    return placed.sort((a, b) => a.place - b.place || b.size - a.size).map(({ file }) => file)
  }
}
