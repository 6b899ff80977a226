import type { PlanDocument, PlanStep } from "../../api/documents.ts"
import { countDaysBetween, isDay, listDays } from "../../days.ts"

/** One computation of a plan: its reasons, its steps, and its days. */
export interface MatrixRow {
  readonly name: string
  readonly steps: number
  readonly reason: string
  readonly rows: number | undefined
  readonly ms: number | undefined
  readonly days: ReadonlySet<string>
  readonly skippedDays: ReadonlySet<string>
  /** The partitions in words, where no columns of days are shown. */
  readonly partitionsText: string
}

/** A plan as computations by days; no days when there are too many, or when its partitions are not days. */
export interface PlanMatrix {
  readonly days: readonly string[]
  readonly rows: readonly MatrixRow[]
}

const maxDays = 21

/** Arranges a plan: one row a computation in the order of execution, one column a day. */
export function arrangePlan({ steps, skipped }: PlanDocument): PlanMatrix {
  const names = [...new Set(steps.map(getStepName))]
  const days = findDays(steps, skipped)
  const rows = names.map((name) => arrangeRow(name, steps, days.length > 0 ? skipped : []))
  return { days, rows }
}

function getStepName(step: PlanStep): string {
  return step.kind === "check" ? `check ${step.asset}` : step.computation
}

function arrangeRow(
  name: string,
  allSteps: readonly PlanStep[],
  skipped: PlanDocument["skipped"],
): MatrixRow {
  const steps = allSteps.filter((step) => getStepName(step) === name)
  const outputs = new Set(steps.flatMap((step) => step.outputs))
  const predictions = steps.flatMap((step) =>
    step.kind === "materialize" && step.predicted !== null ? [step.predicted] : [],
  )
  const sum = (pick: (prediction: (typeof predictions)[number]) => number) =>
    predictions.length === 0
      ? undefined
      : predictions.reduce((total, cost) => total + pick(cost), 0)
  return {
    name,
    steps: steps.reduce((total, { count }) => total + count, 0),
    reason: describeReasons(steps),
    rows: sum(({ rows }) => rows),
    ms: sum(({ ms }) => ms),
    days: new Set(steps.flatMap(({ partitions }) => listRangeDays(partitions))),
    skippedDays: new Set(
      skipped
        .filter(({ asset }) => outputs.has(asset))
        .flatMap(({ partitions }) => listRangeDays(partitions)),
    ),
    partitionsText: steps.map((step) => step.partitions_text).join(", "),
  }
}

/** Joins different reasons; several are counted by their partitions. */
function describeReasons(steps: readonly PlanStep[]): string {
  const countByReason = new Map<string, number>()
  for (const { reason, count } of steps)
    countByReason.set(reason, (countByReason.get(reason) ?? 0) + count)
  const [first] = countByReason.keys()
  if (countByReason.size === 1) return first ?? ""
  return [...countByReason].map(([reason, count]) => `${count} × ${reason}`).join("; ")
}

type Ranges = PlanStep["partitions"]

function listRangeDays(ranges: Ranges): readonly string[] {
  return ranges.flatMap((range) => (isDay(range.from) ? listDays(range, maxDays + 1) : []))
}

function findDays(steps: readonly PlanStep[], skipped: PlanDocument["skipped"]): readonly string[] {
  const ranges = [...steps, ...skipped].flatMap(({ partitions }) => partitions)
  const dayRanges = ranges.filter(({ from }) => isDay(from))
  const from = dayRanges.map((range) => range.from).toSorted()[0]
  const to = dayRanges
    .map((range) => range.to)
    .toSorted()
    .at(-1)
  if (from === undefined || to === undefined || countDaysBetween(from, to) >= maxDays) return []
  return listDays({ from, to })
}
