import type { Connection } from "../session.ts"
import type { Slice } from "./slice.ts"
import type { Round, Seed } from "./trace-round.ts"
import { readTrials, selectTrials } from "./trial-differences.ts"
import { propagateTrials } from "./trials.ts"

/** Selects the lines of sets: set n is left out in trial n + 1. */
function selectSet(
  seeds: readonly Seed[],
  slice: Slice,
  sets: readonly ReadonlySet<number>[],
): string | undefined {
  const seed = seeds.find((candidate) => candidate.slice === slice)
  if (seed === undefined || slice.input.kind !== "landed") return undefined
  const rows = sets.flatMap((trials, at) =>
    Array.from({ length: slice.rows }, (_, row) => row + 1)
      .filter((rid) => trials.has(seed.offset + rid))
      .map((rid) => `(${at + 1}, ${rid})`),
  )
  if (rows.length === 0) return undefined
  return `SELECT trial::INTEGER AS " trial", rid::INTEGER AS " rid" FROM (VALUES ${rows.join(", ")}) AS t(trial, rid)`
}

/** Creates the test of sets of lines: whether the row changes when a set is left out. */
export function createSetTest(connection: Connection, round: Round, target: Slice) {
  let pass = firstTestPass
  return (sets: readonly ReadonlySet<number>[]) => {
    pass += 1
    return findChangingSets(connection, round, target, { sets, pass })
  }
}

const firstTestPass = 1000

async function findChangingSets(
  connection: Connection,
  { slices, seeds, cache }: Round,
  target: Slice,
  { sets, pass }: { readonly sets: readonly ReadonlySet<number>[]; readonly pass: number },
): Promise<readonly boolean[]> {
  const differences = await propagateTrials(
    connection,
    slices,
    { select: (slice) => selectSet(seeds, slice, sets) },
    { cache, pass },
  )
  const difference = differences.get(target.input.id)
  if (difference === undefined) return sets.map(() => false)
  const trials = await readTrials(connection, selectTrials(difference))
  return sets.map((_, at) => trials.includes(at + 1))
}
