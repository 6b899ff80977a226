import { FreshetError } from "@freshet/core/engine"

import type { EngineContext } from "../engine-context.ts"
import { toEngineError } from "../engine-error.ts"
import type { Connection } from "../session.ts"
import { findChangingLines } from "./changing-lines.ts"
import { isReproduced } from "./is-reproduced.ts"
import { createBaseReader } from "./read-base.ts"
import { readRows, readSteps } from "./read-trace.ts"
import type { Slice, Slices } from "./slice.ts"
import type { Trace, TraceRequest, TraceStop } from "./trace-request.ts"
import {
  findRound,
  listLeafTrials,
  listLineTrials,
  listTooManyLines,
  type Round,
} from "./trace-round.ts"
import { readTrials, selectTrials } from "./trial-differences.ts"

/**
 * Finds the landed lines that made a row. Every line that can matter is left out, one by one, and the recorded inputs are
 * computed again: a line made the row if the row then changes, or if a row of an upstream changes without which the row
 * would change.
 */
export async function traceRow(context: EngineContext, request: TraceRequest): Promise<Trace> {
  const { signal } = context
  const { ms } = request.limits
  const timeout = AbortSignal.timeout(ms)
  const work = async (connection: Connection) => {
    try {
      return await traceOnConnection(context, connection, request)
    } catch (cause) {
      throw toEngineError("the lines of the row", cause)
    }
  }
  try {
    const signals = signal === undefined ? [timeout] : [timeout, signal]
    return await context.session.withConnection(work, AbortSignal.any(signals))
  } catch (cause) {
    if (!timeout.aborted || signal?.aborted === true) throw cause
    throw new FreshetError(
      "engine",
      `the lines of the row were not found within ${Math.round(ms / 1000)} s`,
      { cause, hint: "Too many rows depend on each other in the queries upstream." },
    )
  }
}

async function traceOnConnection(
  context: EngineContext,
  connection: Connection,
  request: TraceRequest,
): Promise<Trace> {
  const readBase = createBaseReader(context, connection)
  const round = await findRound(connection, request, readBase)
  const { slices } = round
  const target = slices.byInput.get(request.target.input)
  const unreproduced = await findUnreproduced(connection, slices)
  const stops = [
    ...slices.stops,
    ...listTooManyLines(slices, request.limits.candidates).map(({ input }): TraceStop => ({
      input: input.id,
      reason: "too_many_lines",
    })),
    ...unreproduced,
  ]
  if (target === undefined || target.rows === 0) return { ...noTrace, stops }
  const decisive = await findDecisiveTrials(connection, round, target)
  const supporting = await findSupportingTrials(connection, round, decisive)
  const { trials, lines, outcome } = await findChangingLines(connection, round, {
    target,
    decisive: new Set(decisive.lines),
    supporting,
    isReproduced: unreproduced.length === 0,
  })
  return {
    rows: await readRows(connection, target, "true"),
    steps: await readSteps(connection, round, new Set([...trials, ...decisive.leaves]), target),
    lines,
    candidates: listLineTrials(round).length,
    outcome,
    stops,
  }
}

const noTrace: Trace = {
  rows: [],
  steps: [],
  lines: [],
  candidates: 0,
  outcome: "unchanged",
  stops: [],
}

async function findUnreproduced(
  connection: Connection,
  slices: Slices,
): Promise<readonly TraceStop[]> {
  const stops: TraceStop[] = []
  for (const node of slices.nodes) {
    const input = node.node.outputs.find((output) => slices.byInput.has(output.input))?.input
    if (input === undefined || node.isRowWise || (await isReproduced(connection, slices, node)))
      continue
    stops.push({ input, reason: "not_reproduced" })
  }
  return stops
}

/** The trials in which the row changes. */
interface DecisiveTrials {
  readonly lines: readonly number[]
  /** Rows of partitions whose own inputs are not computed again. */
  readonly leaves: readonly number[]
  readonly all: ReadonlySet<number>
}

async function findDecisiveTrials(
  connection: Connection,
  round: Round,
  target: Slice,
): Promise<DecisiveTrials> {
  const difference = round.differences.get(target.input.id)
  if (difference === undefined) return { lines: [], leaves: [], all: new Set() }
  const trials = await readTrials(connection, selectTrials(difference))
  const all = new Set(trials)
  const isDecisive = (trial: number) => all.has(trial)
  return {
    lines: listLineTrials(round).filter(isDecisive),
    leaves: listLeafTrials(round).filter(isDecisive),
    all,
  }
}

/** Finds the lines that change a row of an upstream without which the row would change, while no other row comes in. */
async function findSupportingTrials(
  connection: Connection,
  round: Round,
  { all }: DecisiveTrials,
): Promise<readonly number[]> {
  const { slices, seeds, differences } = round
  const target = slices.nodes[0]?.node.outputs.map(({ input }) => input) ?? []
  const additions = [...differences].flatMap(([input, { added }]) =>
    target.includes(input) ? [] : selectTrials({ added }),
  )
  const mixed = new Set(await readTrials(connection, additions))
  const lines = new Set(listLineTrials(round))
  const supporting: number[] = []
  for (const { slice, offset } of seeds) {
    const removed = differences.get(slice.input.id)?.removed
    const rids = Array.from({ length: slice.rows }, (_, at) => at + 1).filter(
      (rid) => all.has(offset + rid) && !mixed.has(offset + rid),
    )
    if (slice.input.kind === "landed" || removed === undefined || rids.length === 0) continue
    const touching = await readTrials(connection, [
      `SELECT " trial" FROM ${removed} WHERE " rid" IN (${rids.join(", ")})`,
    ])
    supporting.push(...touching.filter((trial) => lines.has(trial)))
  }
  return supporting
}
