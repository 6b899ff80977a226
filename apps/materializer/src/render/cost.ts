import { formatBytes, formatCount, formatDuration, formatQuantity } from "@freshet/core/engine"
import type { Cost, PlanCost } from "@freshet/services"

import type { TerminalStyle } from "../terminal/terminal-style.ts"

/** What one line of a plan will take: `≈ 1.2 M rows, 38 MB, 40 s`. */
export function formatCost(cost: Cost | undefined, style: TerminalStyle): string {
  return cost === undefined
    ? "no history"
    : `${formatAmounts(cost, style)}${formatSlowCase(cost, "")}`
}

/** What a plan will take as a whole, in a sentence's end; undefined where there is no work. */
export function formatPlanCost(
  { estimate: totalCost, withoutHistory: costlessComputations }: PlanCost,
  style: TerminalStyle,
): string | undefined {
  if (totalCost === undefined)
    return costlessComputations.length === 0 ? undefined : "no history yet of what it will take"
  const missingHistory =
    costlessComputations.length === 0
      ? ""
      : `; ${formatQuantity(costlessComputations.length, "more computation")} ${costlessComputations.length === 1 ? "has" : "have"} no history`
  return `${formatAmounts(totalCost, style)} of work${formatSlowCase(totalCost, " if all goes slowly")}${missingHistory}`
}

function formatAmounts({ rows, bytes, ms }: Cost, style: TerminalStyle): string {
  const noun = rows === 1 ? "row" : "rows"
  return `${style.unicode ? "≈" : "~"} ${formatRoundedCount(rows)} ${noun}, ${formatBytes(bytes)}, ${formatDuration(ms)}`
}

/** Told only where the slow case is a different matter. */
function formatSlowCase({ ms, msP90 }: Cost, when: string): string {
  return msP90 >= 1.5 * ms && msP90 - ms >= 1000 ? ` (p90 ${formatDuration(msP90)}${when})` : ""
}

/** A count to about three digits: `9,120`, `812 k`, `1.2 M`. */
function formatRoundedCount(value: number): string {
  if (value < 10_000) return formatCount(value)
  if (value < 999_500) return `${formatCount(value / 1000)} k`
  const millions = value / 1_000_000
  return `${millions < 99.5 ? millions.toFixed(1) : formatCount(millions)} M`
}
