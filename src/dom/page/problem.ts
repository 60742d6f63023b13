import { CartEchoError } from '../../core/errors'
import { misfit, report, sentenceOf, within } from '../../core/shape'

/** The error for a setting that is left out: where it is (outermost step first), what belongs there, what was there. */
export const invalidPage = (path: readonly string[], expected: string, actual: unknown): CartEchoError => {
  const wrong = path.reduceRight((inner, step) => within(step, inner), misfit(expected, actual))
  const words = report(wrong)
  return new CartEchoError('invalid-page', `Left out of the page's settings: ${sentenceOf(words)}`, { report: words })
}
