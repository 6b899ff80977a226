import { quoteName } from "@freshet/core/engine"

import type { Connection } from "../session.ts"
import { createGrowingSlices, type GrowingSlices, maxRounds } from "./growing-slices.ts"
import type { Slice, SlicedNode, Slices } from "./slice.ts"
import type { ReadBase } from "./slices.ts"
import type { TraceRequest } from "./trace-request.ts"
import { type DifferenceCache, type Differences, readTrials } from "./trial-differences.ts"
import { propagateTrials } from "./trials.ts"

/** The slices of a row, and its trials in which one line or one row of an upstream is left out. */
export interface Round {
  readonly slices: Slices
  readonly seeds: readonly Seed[]
  readonly differences: Differences
  readonly growing: GrowingSlices
  readonly cache: DifferenceCache
}

/** The trials in which single rows of an input are left out: the trial of a row is `offset` + its number. */
export interface Seed {
  readonly slice: Slice
  readonly offset: number
}

/**
 * Slices the inputs and leaves rows out one by one. Rows that come in may join rows that were not read: the slices grow
 * until there are none, first by the few queries that can add such rows. Later only the trials with such rows are computed
 * again: a row that others do not join changes nothing in the other trials, and nothing when it is left out itself.
 */
export async function findRound(
  connection: Connection,
  request: TraceRequest,
  readBase: ReadBase,
): Promise<Round> {
  const growing = createGrowingSlices(connection, request, readBase)
  const cache: DifferenceCache = new Map()
  const getOffset = createTrialNumbers(request)
  const run = async (slices: Slices, pass: number, trials?: readonly number[]): Promise<Round> => {
    const seeds = listSeeds(request, slices, getOffset)
    const select = (slice: Slice) => selectSeed(seeds, slice, trials)
    const differences = await propagateTrials(connection, slices, { select }, { cache, pass })
    return { slices, seeds, differences, growing, cache }
  }
  const grow = ({ slices, differences }: Round) =>
    growing.addValues(slices, (input) => {
      const added = differences.get(input)?.added
      return added === undefined ? undefined : `FROM ${added}`
    })
  let round: Round | undefined
  for (let count = 1; ; count += 1) {
    const slices = await growing.slice()
    const isLast = count >= maxRounds
    const hasShrunk = round !== undefined && slices.stops.length > round.slices.stops.length
    if (round === undefined || hasShrunk) {
      const preview = await run(selectJoining(slices), 2 * count)
      if (!isLast && (await grow(preview))) continue
      round = await run(slices, 2 * count + 1)
      if (isLast || !(await grow(round))) return round
    } else {
      const trials = await findGrownTrials(connection, round)
      const grown = await run(slices, 2 * count + 1, trials)
      round = { ...grown, differences: replaceTrials(round.differences, grown.differences, trials) }
      if (isLast || !(await grow(grown))) return round
    }
  }
}

/** Finds the trials in which rows come in whose values had not been read. */
function findGrownTrials(
  connection: Connection,
  { slices, differences }: Round,
): Promise<readonly number[]> {
  const queries = slices.joinedValues.flatMap(({ table, sources }) =>
    sources.flatMap(({ input, column, condition }) => {
      const added = differences.get(input)?.added
      const isFurther = `${quoteName(column)} NOT IN (FROM ${table} WHERE v IS NOT NULL)`
      return added === undefined
        ? []
        : [`SELECT " trial" FROM (FROM ${added}) AS rows WHERE ${condition} AND ${isFurther}`]
    }),
  )
  return readTrials(connection, queries)
}

/** Replaces the differences of some trials. */
function replaceTrials(
  differences: Differences,
  newDifferences: Differences,
  trials: readonly number[],
): Differences {
  const replace = (table: string | undefined, newTable: string | undefined) => {
    if (table === undefined) return newTable
    const others = `SELECT * FROM ${table} WHERE " trial" NOT IN (${trials.join(", ")})`
    return newTable === undefined ? `(${others})` : `(${others} UNION ALL FROM ${newTable})`
  }
  const inputs = new Set([...differences.keys(), ...newDifferences.keys()])
  return new Map(
    [...inputs].map((input) => {
      const [previous, next] = [differences.get(input), newDifferences.get(input)]
      return [
        input,
        {
          removed: replace(previous?.removed, next?.removed),
          added: replace(previous?.added, next?.added),
        },
      ]
    }),
  )
}

/** Selects the nodes that can add rows whose values restrict other relations, and the nodes that read them. */
function selectJoining({ byInput, nodes, joinedValues, stops }: Slices): Slices {
  const sources = new Set(
    joinedValues.flatMap((values) => values.sources.map(({ input }) => input)),
  )
  const isSource = ({ node, isRowWise }: SlicedNode) =>
    !isRowWise && node.outputs.some(({ input }) => sources.has(input))
  const outputs = new Set<string>()
  const selected = nodes.toReversed().filter((sliced) => {
    const reads = [...sliced.node.reads.values()].flat()
    const isSelected = isSource(sliced) || reads.some((input) => outputs.has(input))
    if (isSelected) for (const { input } of sliced.node.outputs) outputs.add(input)
    return isSelected
  })
  const inputs = new Set([
    ...outputs,
    ...selected.flatMap(({ node }) => [...node.reads.values()].flat()),
  ])
  const slices = [...byInput].filter(([input]) => inputs.has(input))
  return { byInput: new Map(slices), nodes: selected.toReversed(), joinedValues, stops }
}

/** Lists the trials of single rows: of each landed line, and of each row of an asset whose rows depend on each other. */
function listSeeds(
  { target, limits }: TraceRequest,
  slices: Slices,
  getOffset: (slice: Slice) => number,
): readonly Seed[] {
  const { byInput, nodes } = slices
  const hasTooManyLines = listTooManyLines(slices, limits.candidates).length > 0
  const rowWise = new Set(
    nodes.flatMap(({ node, isRowWise }) =>
      isRowWise ? node.outputs.map(({ input }) => input) : [],
    ),
  )
  const seeds: Seed[] = []
  for (const slice of byInput.values()) {
    const { id, kind } = slice.input
    if (id === target.input || rowWise.has(id)) continue
    if (kind === "landed" ? hasTooManyLines : slice.rows > limits.candidates) continue
    seeds.push({ slice, offset: getOffset(slice) })
  }
  return seeds
}

/** Numbers the trials of slices: a row has the same number in all rounds. */
function createTrialNumbers({ limits }: TraceRequest): (slice: Slice) => number {
  const places = new Map<string, number>()
  return ({ input }) => {
    const place = places.get(input.id) ?? places.size
    places.set(input.id, place)
    return place * limits.candidates
  }
}

/** Selects the rows that are left out, in all trials unless some are given. */
function selectSeed(
  seeds: readonly Seed[],
  slice: Slice,
  trials: readonly number[] | undefined,
): string | undefined {
  const seed = seeds.find((candidate) => candidate.slice === slice)
  if (seed === undefined || slice.rows === 0) return undefined
  const { offset } = seed
  const query = `SELECT (${offset} + " rid")::INTEGER AS " trial", " rid" FROM ${slice.table}`
  if (trials === undefined) return query
  const rids = trials.map((trial) => trial - offset).filter((rid) => rid > 0 && rid <= slice.rows)
  return rids.length === 0 ? undefined : `${query} WHERE " rid" IN (${rids.join(", ")})`
}

/** Lists the landed files whose lines are not left out, because all of them together have more lines than the limit. */
export function listTooManyLines({ byInput }: Slices, limit: number): readonly Slice[] {
  const landed = [...byInput.values()].filter(({ input }) => input.kind === "landed")
  return landed.reduce((sum, { rows }) => sum + rows, 0) > limit ? landed : []
}

/** Lists the trials in which one landed line is left out. */
export function listLineTrials({ seeds }: Round): readonly number[] {
  return seeds.filter(({ slice }) => slice.input.kind === "landed").flatMap(listTrials)
}

/** Lists the trials in which one row is left out of a partition whose own inputs are not computed again. */
export function listLeafTrials({ seeds, slices }: Round): readonly number[] {
  const outputs = new Set(
    slices.nodes.flatMap(({ node }) => node.outputs.map(({ input }) => input)),
  )
  return seeds
    .filter(({ slice: { input } }) => input.kind === "stored" && !outputs.has(input.id))
    .flatMap(listTrials)
}

function listTrials({ slice, offset }: Seed): readonly number[] {
  return Array.from({ length: slice.rows }, (_, at) => offset + at + 1)
}
