import type { Cost, PlanCost } from "../project/cost.ts"
import { bytesText, count, counted, duration } from "./amount.ts"
import type { Look } from "./look.ts"

/** What one line of a plan will take: `≈ 1.2 M rows, 38 MB, 40 s`. */
export function costText(cost: Cost | undefined, look: Look): string {
  return cost === undefined ? "no history" : `${amounts(cost, look)}${slowText(cost, "")}`
}

/** What a plan will take as a whole, in a sentence's end; undefined where there is no work. */
export function planCostText({ known, unknown }: PlanCost, look: Look): string | undefined {
  if (known === undefined)
    return unknown.length === 0 ? undefined : "no history yet of what it will take"
  const blind =
    unknown.length === 0
      ? ""
      : `; ${counted(unknown.length, "more computation")} ${unknown.length === 1 ? "has" : "have"} no history`
  return `${amounts(known, look)} of work${slowText(known, " if all goes slowly")}${blind}`
}

function amounts({ rows, bytes, ms }: Cost, look: Look): string {
  const noun = rows === 1 ? "row" : "rows"
  return `${look.unicode ? "≈" : "~"} ${rounded(rows)} ${noun}, ${bytesText(bytes)}, ${duration(ms)}`
}

/** Told only where the slow case is a different matter. */
function slowText({ ms, msP90 }: Cost, when: string): string {
  return msP90 >= 1.5 * ms && msP90 - ms >= 1000 ? ` (p90 ${duration(msP90)}${when})` : ""
}

/** A count to about three digits: `9,120`, `812 k`, `1.2 M`. */
function rounded(value: number): string {
  if (value < 10_000) return count(value)
  if (value < 999_500) return `${count(value / 1000)} k`
  const millions = value / 1_000_000
  return `${millions < 99.5 ? millions.toFixed(1) : count(millions)} M`
}
