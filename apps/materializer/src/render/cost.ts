import { formatBytes, formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import type { CostDocument, PlanDocument } from "@freshet/services"

import type { TerminalStyle } from "../terminal/terminal-style.ts"

/** Formats the predicted cost of a step: `≈ 1.2 M rows, 38 MB, 40 s`. */
export function formatCost(cost: CostDocument | null, style: TerminalStyle): string {
  return cost === null ? "no history" : `${formatAmounts(cost, style)}${formatSlowCase(cost, "")}`
}

/** Formats the predicted cost of a plan at the end of a sentence; undefined for a plan without work. */
export function formatPlanCost(
  { predicted, without_history: names }: Pick<PlanDocument, "predicted" | "without_history">,
  style: TerminalStyle,
): string | undefined {
  if (predicted === null) return names.length === 0 ? undefined : "no history to predict the cost"
  const missingHistory =
    names.length === 0
      ? ""
      : `; ${formatQuantity(names.length, "more computation")} without history`
  return `${formatAmounts(predicted, style)} of work${formatSlowCase(predicted, " if every step is slow")}${missingHistory}`
}

function formatAmounts({ rows, bytes, ms }: CostDocument, style: TerminalStyle): string {
  const noun = rows === 1 ? "row" : "rows"
  return `${style.unicode ? "≈" : "~"} ${formatRoundedCount(rows)} ${noun}, ${formatBytes(bytes)}, ${formatDuration(ms)}`
}

/** Formats the slow case where it differs much. */
function formatSlowCase({ ms, ms_p90: slowMs }: CostDocument, when: string): string {
  return slowMs >= 1.5 * ms && slowMs - ms >= 1000 ? ` (p90 ${formatDuration(slowMs)}${when})` : ""
}

/** Formats a count with about three digits: `9,120`, `812 k`, `1.2 M`. */
function formatRoundedCount(value: number): string {
  if (value < 10_000) return formatCount(value)
  if (value < 999_500) return `${formatCount(value / 1000)} k`
  const millions = value / 1_000_000
  return `${millions < 99.5 ? millions.toFixed(1) : formatCount(millions)} M`
}
