import {
  countPartitions,
  formatCount,
  formatPartitions,
  type Graph,
  joinRanges,
  type PartitionRange,
  subtractRanges,
} from "@freshet/core/engine"
import type { ComputationProgress } from "@freshet/io"
import type { RunDetail } from "@freshet/services"

import { type TerminalStyle, type Sign, getSign, type Tone } from "../terminal/terminal-style.ts"
import { type Cell, formatTable } from "./table.ts"

/** How the partitions of one computation stand in a run. */
export interface ComputationOutcomes {
  readonly computation: string
  readonly planned: number
  readonly ended: number
  /** Partitions that ended alike, what went wrong first; those of which nothing is known yet come last. */
  readonly groups: readonly {
    readonly outcome: Outcome | "left"
    readonly ranges: readonly PartitionRange[]
  }[]
}

type Outcome = keyof ComputationProgress["partitionsByOutcome"]

const outcomes = [
  "failed",
  "checks_failed",
  "skipped",
  "materialized",
  "reused",
  "unchanged",
  "checked",
] as const satisfies readonly Outcome[]

/** How far a run is with each of its computations, upstream first. */
export function summarizeOutcomes({ progress }: RunDetail): readonly ComputationOutcomes[] {
  return [...progress].map(([computation, { planned, partitionsByOutcome }]) => {
    const endedRanges = joinRanges(Object.values(partitionsByOutcome).flat())
    const remainingRanges = subtractRanges(planned, endedRanges)
    const groups = outcomes.flatMap((outcome) => {
      const ranges = partitionsByOutcome[outcome] ?? []
      return ranges.length === 0 ? [] : [{ outcome, ranges }]
    })
    return {
      computation,
      planned: countPartitions(joinRanges([...planned, ...endedRanges])),
      ended: countPartitions(endedRanges),
      groups:
        remainingRanges.length === 0
          ? groups
          : [...groups, { outcome: "left" as const, ranges: remainingRanges }],
    }
  })
}

/** One line a computation: how many of its partitions are done, and which stand how. */
export function formatRunProgress(
  graph: Graph,
  run: RunDetail,
  style: TerminalStyle,
): readonly string[] {
  const rows = summarizeOutcomes(run).map((summary): readonly Cell[] => {
    const [sign, tone] = chooseSign(summary, run)
    return [
      { text: getSign(style, sign), tone },
      summary.computation,
      `${formatCount(summary.ended)} of ${formatCount(summary.planned)}`,
      formatGroups(graph, summary, run),
    ]
  })
  const columns = [
    { header: "" },
    { header: "computation" },
    { header: "done", align: "right" } as const,
    { header: "partitions", shrinks: true },
  ]
  return formatTable(columns, rows, style)
}

function chooseSign(
  { groups, ended, planned }: ComputationOutcomes,
  { outcome }: RunDetail,
): readonly [Sign, Tone] {
  const hasOutcome = (outcomeKind: Outcome) => groups.some((group) => group.outcome === outcomeKind)
  if (hasOutcome("failed") || hasOutcome("checks_failed")) return ["failed", "bad"]
  if (hasOutcome("skipped")) return ["skipped", "stale"]
  if (ended < planned)
    return outcome === "running" && ended > 0 ? ["running", "running"] : ["skipped", "stale"]
  return hasOutcome("materialized") || hasOutcome("checked") ? ["made", "good"] : ["same", "plain"]
}

function formatGroups(
  graph: Graph,
  { computation, groups }: ComputationOutcomes,
  run: RunDetail,
): string {
  const output = graph.computations.find(({ name }) => name === computation)?.outputs[0]
  return groups
    .map(({ outcome, ranges }) => {
      const word = outcome !== "left" ? outcome : run.outcome === "running" ? "to do" : "not done"
      return `${word} ${formatPartitions(graph, output?.asset ?? "", ranges)}`.trimEnd()
    })
    .join("; ")
}
