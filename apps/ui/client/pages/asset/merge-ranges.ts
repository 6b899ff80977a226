import type { StateRange } from "../../api/documents.ts"
import { contentStates } from "../../ui/state-names.ts"

/** Merges short neighbouring ranges until at most `maximum` remain; a merged range has its worst state. */
export function mergeRanges(
  ranges: readonly StateRange[],
  maximum: number,
): readonly (StateRange & { readonly isMixed: boolean })[] {
  const total = ranges.reduce((sum, { count }) => sum + count, 0)
  const fullCount = ranges.length <= maximum ? 0 : (2 * total) / (maximum - 1) // two neighbours have more
  const merged: (StateRange & { readonly isMixed: boolean })[] = []
  for (const range of ranges) {
    const last = merged.at(-1)
    if (last === undefined || last.count + range.count > fullCount)
      merged.push({ ...range, isMixed: false })
    else
      merged[merged.length - 1] = {
        from: last.from,
        to: range.to,
        count: last.count + range.count,
        state: getWorse(last.state, range.state),
        isMixed: last.isMixed || last.state !== range.state,
      }
  }
  return merged
}

function getWorse(first: StateRange["state"], second: StateRange["state"]): StateRange["state"] {
  return contentStates.indexOf(first) <= contentStates.indexOf(second) ? first : second
}
