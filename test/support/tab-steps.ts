import fc from 'fast-check'
import type { LineMood } from './fake-browser'
import type { ShopStep } from './shop-steps'
import type { CodeMood } from './shopper-tabs'
import type { CheckMood, Fate } from './virtual-shop'

/** What may happen to a shopper's tabs, and to what they share. */
export type TabStep =
  | ShopStep
  | { name: 'wait'; ms: number }
  | { name: 'open'; isVisible: boolean; behind: number; isPrerendered?: boolean }
  | { name: 'close'; tab: number }
  | { name: 'crash'; tab: number }
  | { name: 'freeze'; tab: number; how: 'frozen' | 'left' }
  | { name: 'thaw'; tab: number }
  | { name: 'hang'; tab: number }
  | { name: 'unhang'; tab: number }
  | { name: 'show'; tab: number }
  | { name: 'hide'; tab: number }
  | { name: 'stop'; tab: number }
  | { name: 'start'; tab: number }
  | { name: 'check-now'; tab: number }
  | { name: 'loss'; share: number }
  | { name: 'lines'; mood: LineMood }
  | { name: 'locks'; areFair: boolean }
  | { name: 'rob'; ms: number }
  | { name: 'clock'; ms: number }
  | { name: 'activate'; tab: number }
  | { name: 'render'; tab: number; behind: number }
  | { name: 'code'; mood: CodeMood }

/** How many are open at most. */
export const TABS = 4

const constant = <Value>(...values: Value[]) => fc.constantFrom(...values)
const ofTab = <Name extends TabStep['name']>(name: Name, weight = 2) => ({
  weight,
  arbitrary: fc.record({ name: fc.constant(name), tab: fc.nat(TABS - 1) }) as unknown as fc.Arbitrary<TabStep>,
})

/** What may happen to tabs, sockets and the check. */
export const tabStep: fc.Arbitrary<TabStep> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      name: fc.constant('commit' as const),
      kind: fc.constant('ours' as const),
      times: constant(1, 1, 1, 2, 3, 60),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ name: fc.constant('wait' as const), ms: constant(1, 4, 60, 400, 2_000, 8_000, 40_000) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      name: fc.constant('open' as const),
      isVisible: fc.boolean(),
      behind: constant(0, 0, 0, 1, 3),
    }),
  },
  ofTab('close'),
  ofTab('crash'),
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constant('freeze' as const),
      tab: fc.nat(TABS - 1),
      how: constant('frozen' as const, 'left' as const),
    }),
  },
  ofTab('thaw', 3),
  ofTab('hang', 3),
  ofTab('unhang', 3),
  ofTab('show', 3),
  ofTab('hide', 3),
  ofTab('stop', 1),
  ofTab('start', 2),
  ofTab('check-now'),
  {
    weight: 4,
    arbitrary: fc.record({
      name: fc.constant('fate' as const),
      fate: constant<Fate>(
        'delivered',
        'delivered',
        'dropped',
        'twice',
        'late',
        'reordered',
        'broken',
        'half-broken',
        'placeless',
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constant('check' as const),
      mood: constant<CheckMood>(
        'well',
        'well',
        'failing',
        'busy',
        'hanging',
        'lagging',
        'blocked',
        'session-over',
        'off',
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constant('socket' as const),
      isUp: fc.boolean(),
      fact: constant('lost' as const, 'lost' as const, 'not-authorised' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ name: fc.constant('loss' as const), share: constant(0, 0.3, 1) }) },
)

/** And to a log that loses its past. */
export const tabStepWithResets: fc.Arbitrary<TabStep> = fc.oneof(
  { weight: 30, arbitrary: tabStep },
  { weight: 1, arbitrary: fc.constant<TabStep>({ name: 'prune' }) },
  { weight: 1, arbitrary: fc.constant<TabStep>({ name: 'new-epoch' }) },
)

/** And to the code that several tabs need. */
export const tabStepWithCode: fc.Arbitrary<TabStep> = fc.oneof(
  { weight: 16, arbitrary: tabStep },
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constant('code' as const),
      mood: constant<CodeMood>('at once', 'soon', 'late', 'failing', 'failing'),
    }),
  },
)

/** And what browsers, clocks and other scripts do: locks that two have at once or a stranger takes, lines that repeat and overtake or are mute, clocks that are set, pages that were prerendered, or rendered long ago. */
export const tabStepWithTrouble: fc.Arbitrary<TabStep> = fc.oneof(
  { weight: 24, arbitrary: tabStep },
  {
    weight: 3,
    arbitrary: fc.record({
      name: fc.constant('lines' as const),
      mood: constant<LineMood>('in order', 'twice', 'reordered'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ name: fc.constant('locks' as const), areFair: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ name: fc.constant('rob' as const), ms: constant(1, 3_000, 60_000) }) },
  {
    weight: 3,
    arbitrary: fc.record({ name: fc.constant('clock' as const), ms: constant(-7_200_000, -3_000, 3_000, 7_200_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ name: fc.constant('open' as const), isVisible: fc.constant(false), isPrerendered: fc.constant(true) },
      behind: constant(0, 1, 3),
    }),
  },
  ofTab('activate', 4),
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ name: fc.constant('render' as const), tab: fc.nat(TABS - 1) },
      behind: constant(0, 0, 1, 3),
    }),
  },
)
