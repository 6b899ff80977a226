import { type Lanes, lanesOf } from "../fingerprint.ts"
import { type Bits, bitsOf } from "./bits.ts"
import type { ContentSums } from "./content-sums.ts"
import type { NumberedComputation } from "./numbered-graph.ts"
import type { EarlierMade, Timeline } from "./snapshot.ts"
import type { Evaluation } from "./states.ts"
import type { Versions } from "./version.ts"
import { type Span, type WindowFinder, windowFinder } from "./windows.ts"

/** What the judgement of one computation after the other works with. */
export interface Desk {
  readonly evaluation: Evaluation
  readonly finder: WindowFinder
  /** What readers find of the assets that have been judged, by number. */
  readonly sums: (ContentSums | undefined)[]
  /** What each partition of the computation at hand would be made from, where all of that is known. */
  readonly inputs: Lanes
  /** Those of its partitions that read something which is not known to be right, and those that cannot be made. */
  readonly unknown: Bits
  readonly waits: Bits
  /** What the kept materializations with each mark are: made, perhaps by other code; nothing where there is no mark. */
  readonly marked: Uint8Array
}

/** One computation while its partitions are judged. */
export interface Judging extends Span {
  readonly desk: Desk
  readonly numbered: NumberedComputation
  readonly versions: Versions
  /** Where its first partition is in the columns that all share. */
  readonly start: number
  readonly timeline: Timeline | undefined
  /** How many partitions have been found to be fresh. */
  fresh: number
  /** `noneRestored` until something is restored. */
  restored: Map<number, EarlierMade>
}

/** Shared by all that restore nothing. */
export const noneRestored = new Map<number, EarlierMade>()

/** Room to judge everything in, where no computation has more partitions than `longest`. */
export function deskOf(evaluation: Evaluation, longest: number): Desk {
  return {
    evaluation,
    finder: windowFinder(evaluation),
    sums: [],
    inputs: lanesOf(longest),
    unknown: bitsOf(longest),
    waits: bitsOf(longest),
    marked: new Uint8Array(2 ** 16),
  }
}
