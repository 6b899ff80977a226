import { type Graph, joinedRanges, partitionCount } from "@freshet/core"
import { type PartitionRange, partitionsText } from "@freshet/core"
import type { ComputationProgress } from "@freshet/io"

import { rangesWithout } from "../project/partition-ranges.ts"
import type { RunDetail } from "../project/project.ts"
import { count } from "./amount.ts"
import { type Look, type Sign, sign, type Tone } from "./look.ts"
import { type Cell, table } from "./table.ts"

/** How the partitions of one computation stand in a run. */
export interface Standing {
  readonly computation: string
  readonly planned: number
  readonly ended: number
  /** Partitions that ended alike, what went wrong first; those of which nothing is known yet come last. */
  readonly groups: readonly {
    readonly outcome: Outcome | "left"
    readonly ranges: readonly PartitionRange[]
  }[]
}

type Outcome = keyof ComputationProgress["ended"]

const outcomes = [
  "failed",
  "refused",
  "skipped",
  "made",
  "reused",
  "unchanged",
  "checked",
] as const satisfies readonly Outcome[]

/** How far a run is with each of its computations, upstream first. */
export function standingsOf({ progress }: RunDetail): readonly Standing[] {
  return [...progress].map(([computation, { planned, ended }]) => {
    const taken = joinedRanges(Object.values(ended).flat())
    const left = rangesWithout(planned, taken)
    const groups = outcomes.flatMap((outcome) => {
      const ranges = ended[outcome] ?? []
      return ranges.length === 0 ? [] : [{ outcome, ranges }]
    })
    return {
      computation,
      planned: partitionCount(joinedRanges([...planned, ...taken])),
      ended: partitionCount(taken),
      groups: left.length === 0 ? groups : [...groups, { outcome: "left" as const, ranges: left }],
    }
  })
}

/** One line a computation: how many of its partitions are done, and which stand how. */
export function runProgressLines(graph: Graph, run: RunDetail, look: Look): readonly string[] {
  const rows = standingsOf(run).map((standing): readonly Cell[] => {
    const [mark, tone] = markOf(standing, run)
    return [
      { text: sign(look, mark), tone },
      standing.computation,
      `${count(standing.ended)} of ${count(standing.planned)}`,
      groupsText(graph, standing, run),
    ]
  })
  const columns = [
    { header: "" },
    { header: "computation" },
    { header: "done", align: "right" } as const,
    { header: "partitions", shrinks: true },
  ]
  return table(columns, rows, look)
}

function markOf(
  { groups, ended, planned }: Standing,
  { outcome }: RunDetail,
): readonly [Sign, Tone] {
  const has = (wanted: Outcome) => groups.some((group) => group.outcome === wanted)
  if (has("failed") || has("refused")) return ["failed", "bad"]
  if (has("skipped")) return ["skipped", "stale"]
  if (ended < planned)
    return outcome === "running" && ended > 0 ? ["running", "running"] : ["skipped", "stale"]
  return has("made") || has("checked") ? ["made", "good"] : ["same", "plain"]
}

function groupsText(graph: Graph, { computation, groups }: Standing, run: RunDetail): string {
  const output = graph.computations.find(({ name }) => name === computation)?.outputs[0]
  return groups
    .map(({ outcome, ranges }) => {
      const word = outcome !== "left" ? outcome : run.outcome === "running" ? "to do" : "not done"
      return `${word} ${partitionsText(graph, output?.asset ?? "", ranges)}`.trimEnd()
    })
    .join("; ")
}
