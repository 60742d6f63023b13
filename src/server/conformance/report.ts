import { countOf, type Finding } from './finding'

/** Everything that differs, line by line; what could not be tried, by reason; and a sum. */
export const report = (findings: readonly Finding[]): string =>
  [...findings.flatMap(differenceLines), ...untriedLines(findings), sum(findings)].join('\n').concat('\n')

const differenceLines = ({ recording, section, line, verdict }: Finding): readonly string[] => {
  if (verdict.kind !== 'differs') return []
  const place = line === null ? 'end' : `line ${line}`
  return [
    `${recording}, section ${section}, ${place}:`,
    `  expected ${shown(verdict.expected)}`,
    `  got      ${shown(verdict.got)}`,
  ]
}

const shown = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)

const MAX_SHOWN = 400

/** `transcript.txt, section 8, lines 1-10: needs the application cart-bed-max1` */
const untriedLines = (findings: readonly Finding[]): readonly string[] => {
  const places = new Map<string, number[]>()
  for (const { recording, section, line, verdict } of findings) {
    if (verdict.kind !== 'untried') continue
    const place = `not tried: ${recording}, section ${section}: ${verdict.why}`
    places.set(place, [...(places.get(place) ?? []), line ?? 0])
  }
  return [...places].map(([place, lines]) => `${place} (line ${ranges(lines)})`)
}

/** `1-3, 5` */
const ranges = (lines: readonly number[]): string => {
  const starts = lines.filter((line) => !lines.includes(line - 1))
  const ends = lines.filter((line) => !lines.includes(line + 1))
  return starts.map((start, index) => (start === ends[index] ? `${start}` : `${start}-${ends[index]}`)).join(', ')
}

const sum = (findings: readonly Finding[]): string =>
  `${countOf(findings, 'same')} the same, ${countOf(findings, 'differs')} different, ${countOf(findings, 'untried')} not tried`
