import type { LineCount } from "@freshet/core"

import type { UnpublishedSet } from "../commands/unpublished-sets.ts"
import { count, counted, duration } from "./amount.ts"
import { outcomeText } from "./event-line.ts"
import { type Look, paint, sign } from "./look.ts"
import { listed } from "./recommendations.ts"
import { failedCheckLines, refusalLines } from "./refusal-lines.ts"
import type { BadStep, PublicationSummary, RunSummary } from "./run-summary.ts"
import { setPartition } from "./set-partition.ts"
import { table } from "./table.ts"

/** The summary in words. */
export function summaryLines(summary: RunSummary, look: Look): readonly string[] {
  return [
    headline(summary, look),
    ...summary.bad.flatMap((bad) => badLines(bad, look)),
    ...summary.lineCounts.flatMap((lines) => quarantineLines(lines, look)),
    ...checkLines(summary, look),
    ...summary.publications.flatMap((publication) => publicationLines(publication, look)),
  ]
}

function headline({ outcome, counts, ms, notStarted, rows }: RunSummary, look: Look): string {
  const rest = (["unchanged", "reused", "checked", "refused", "failed", "skipped"] as const)
    .filter((kind) => counts[kind] > 0)
    .map((kind) => `${count(counts[kind])} ${kind}`)
  const left = notStarted > 0 ? [`${count(notStarted)} not started`] : []
  const more = [...rest, ...left]
  const text = `${counted(counts.made, "partition")} made in ${duration(ms)}, ${counted(rows, "row")}${more.length > 0 ? `; ${more.join(", ")}` : ""}.`
  switch (outcome) {
    case "succeeded":
      return `${paint(look, "good", sign(look, "made"))} ${text}`
    case "failed":
      return `${paint(look, "bad", `${sign(look, "failed")} The run failed:`)} ${text}`
    case "interrupted":
      return `${paint(look, "stale", "Interrupted:")} ${text}`
  }
}

function badLines({ step, outcome, refusal }: BadStep, look: Look): readonly string[] {
  const hint = outcome.kind === "failed" ? outcome.hint : undefined
  return [
    `${paint(look, "bad", sign(look, "failed"))} ${step}: ${outcomeText(outcome, refusal?.checks)}`,
    ...(hint === undefined ? [] : [`  ${hint}`]),
    ...(refusal === undefined ? [] : refusalLines(refusal)),
  ]
}

function quarantineLines(
  { source, lines, quarantined, reasons }: LineCount,
  look: Look,
): readonly string[] {
  if (quarantined === 0) return []
  const why = reasons
    .toSorted((a, b) => b.lines - a.lines || (a.reason < b.reason ? -1 : 1))
    .map(({ reason, lines }) => `${count(lines)} ${reason}`)
  return [
    paint(
      look,
      "stale",
      `${count(quarantined)} of ${counted(lines, "line")} of ${source} quarantined: ${why.join(", ")}.`,
    ),
    `  \`freshet data quarantine ${source}\` shows them.`,
  ]
}

/** What checks found in rows that are kept all the same; rows that were refused are told of with their step. */
function checkLines(summary: RunSummary, look: Look): readonly string[] {
  const refused = new Set(summary.bad.flatMap(({ step, refusal }) => (refusal ? [step] : [])))
  return summary.failedChecks.flatMap((check) => {
    if (check.severity === "error" && refused.has(check.step)) return []
    const [word, tone] =
      check.severity === "error" ? (["failed", "bad"] as const) : (["warns", "stale"] as const)
    return [
      `${paint(look, tone, `check ${word}`)} in ${check.step}, of ${check.asset}`,
      ...failedCheckLines(check),
    ]
  })
}

function publicationLines(
  { set, key, changes, error }: PublicationSummary,
  look: Look,
): readonly string[] {
  if (error !== undefined)
    return [
      `${paint(look, "bad", `${sign(look, "failed")} ${setPartition(set, key)} was not published:`)} ${error}`,
    ]
  const right = { align: "right" } as const
  const columns = [
    { header: "table" },
    { header: "inserted", ...right },
    { header: "updated", ...right },
    { header: "deleted", ...right },
    { header: "rows", ...right },
  ]
  const rows = changes.map(({ table, inserted, updated, deleted, rows }) => [
    table,
    ...[inserted, updated, deleted, rows].map(count),
  ])
  return [
    `${paint(look, "good", sign(look, "made"))} Published ${setPartition(set, key)}.`,
    ...table(columns, rows, look).map((line) => `  ${line}`),
  ]
}

/** What readers do not see yet, and why. */
export function unpublishedLines(sets: readonly UnpublishedSet[]): readonly string[] {
  return sets.flatMap(({ set, open }) => [
    `${set} was not published: ${listed(open)} ${open.length === 1 ? "is" : "are"} not up to date.`,
    `  \`freshet materialize ${open.length === 1 ? (open[0] ?? "") : `"${open.join(" or ")}"`}\` makes ${open.length === 1 ? "it" : "them"} and publishes.`,
  ])
}
