import type {
  CheckResult,
  LineCount,
  Plan,
  RunEvent,
  RunResult,
  StepOutcome,
  TableChange,
} from "@freshet/core"

import type { UnpublishedSet } from "../commands/unpublished-sets.ts"
import { count, counted, duration } from "./amount.ts"
import { outcomeText } from "./event-line.ts"
import { type Look, paint, sign } from "./look.ts"
import { listed } from "./recommendations.ts"
import { table } from "./table.ts"

/** What a run did, told once it is over. */
export interface RunSummary {
  readonly run: string
  readonly outcome: RunResult["outcome"]
  readonly ms: number
  readonly counts: Readonly<Record<StepOutcome["kind"], number>>
  /** Steps of the plan that never started. */
  readonly notStarted: number
  readonly rows: number
  readonly bad: readonly { readonly step: string; readonly outcome: StepOutcome }[]
  readonly lineCounts: readonly LineCount[]
  readonly failedChecks: readonly (CheckResult & { readonly step: string })[]
  readonly publications: readonly PublicationSummary[]
}

export interface PublicationSummary {
  readonly set: string
  readonly key: string
  readonly changes: readonly TableChange[]
  readonly error: string | undefined
}

/** The summary of a run from its events and its result. */
export function runSummary(
  plan: Plan,
  result: RunResult,
  events: readonly RunEvent[],
  ms: number,
): RunSummary {
  const ended = events.filter((event) => event.kind === "step_ended")
  const counts = {
    made: 0,
    reused: 0,
    unchanged: 0,
    checked: 0,
    refused: 0,
    failed: 0,
    skipped: 0,
  }
  for (const { kind } of result.steps.values()) counts[kind] += 1
  return {
    run: result.run,
    outcome: result.outcome,
    ms,
    counts,
    notStarted: plan.steps.length - result.steps.size,
    rows: ended.reduce((sum, { outcome, rows }) => sum + (outcome.kind === "made" ? rows : 0), 0),
    bad: [...result.steps].flatMap(([step, outcome]) =>
      outcome.kind === "failed" || outcome.kind === "refused" ? [{ step, outcome }] : [],
    ),
    lineCounts: bySource(ended.flatMap(({ lineCounts }) => lineCounts)),
    failedChecks: ended.flatMap(({ step, checks }) =>
      checks.filter(({ passed }) => !passed).map((check) => ({ ...check, step })),
    ),
    publications: result.publications,
  }
}

function bySource(counts: readonly LineCount[]): readonly LineCount[] {
  const totals = new Map<string, LineCount>()
  for (const each of counts) {
    const known = totals.get(each.source)
    totals.set(each.source, known === undefined ? each : addedCounts(known, each))
  }
  return [...totals.values()]
}

function addedCounts(left: LineCount, right: LineCount): LineCount {
  const reasons = new Map<string, number>()
  for (const { reason, lines } of [...left.reasons, ...right.reasons])
    reasons.set(reason, (reasons.get(reason) ?? 0) + lines)
  return {
    source: left.source,
    lines: left.lines + right.lines,
    rows: left.rows + right.rows,
    quarantined: left.quarantined + right.quarantined,
    reasons: [...reasons].map(([reason, lines]) => ({ reason, lines })),
    file: undefined,
  }
}

/** The summary in words. */
export function summaryLines(summary: RunSummary, look: Look): readonly string[] {
  return [
    headline(summary, look),
    ...summary.bad.flatMap(({ step, outcome }) => badLines(step, outcome, look)),
    ...summary.lineCounts.flatMap((lines) => quarantineLines(lines, look)),
    ...summary.failedChecks.flatMap((check) => checkLines(check, look)),
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
      return `${paint(look, "stale", "Interrupted:")} ${text} What was made is kept.`
  }
}

function badLines(step: string, outcome: StepOutcome, look: Look): readonly string[] {
  const hint = outcome.kind === "failed" ? outcome.hint : undefined
  const kept = outcome.kind === "refused" && outcome.kept.length > 0 ? outcome.kept : []
  return [
    `${paint(look, "bad", sign(look, "failed"))} ${step}: ${outcomeText(outcome)}`,
    ...(hint === undefined ? [] : [`  ${hint}`]),
    ...kept.map((file) => `  its rows are kept for inspection: ${file}`),
  ]
}

function quarantineLines(
  { source, lines, quarantined, reasons }: LineCount,
  look: Look,
): readonly string[] {
  if (quarantined === 0) return []
  const why = reasons
    .toSorted((a, b) => b.lines - a.lines)
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

function checkLines(
  { asset, name, severity, failures, sample, step }: RunSummary["failedChecks"][number],
  look: Look,
): readonly string[] {
  const [word, tone] =
    severity === "error" ? (["failed", "bad"] as const) : (["warns", "stale"] as const)
  const [first] = sample
  return [
    `${paint(look, tone, `check ${word}`)} in ${step}: ${name} of ${asset}, ${counted(failures, "row")}`,
    ...(first === undefined ? [] : [`  for example ${JSON.stringify(first)}`]),
  ]
}

function publicationLines(
  { set, key, changes, error }: PublicationSummary,
  look: Look,
): readonly string[] {
  if (error !== undefined)
    return [
      `${paint(look, "bad", `${sign(look, "failed")} ${set} ${key} was not published:`)} ${error}`,
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
    `${paint(look, "good", sign(look, "made"))} Published ${set} ${key}.`,
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
