import { loadavg } from "node:os"

/** A measured figure and its limit. */
export interface Limit {
  readonly name: string
  readonly value: number
  readonly limit: number
  readonly unit: string
  /** True: the limit is the least value. */
  readonly isLeast?: boolean
}

/** Prints figures as a table; returns the exit status: 0 when every limit holds. */
export function reportLimits(title: string, limits: readonly Limit[]): number {
  console.log(`\n## ${title} (load average ${loadavg()[0]?.toFixed(1)})\n`)
  console.log("| figure | measured | limit | |\n| --- | --- | --- | --- |")
  for (const limit of limits) {
    const { name, value, unit, isLeast = false } = limit
    const verdict = holds(limit) ? "holds" : "**does not hold**"
    const bound = `${isLeast ? "≥" : "≤"} ${formatFigure(limit.limit, unit)}`
    console.log(`| ${name} | ${formatFigure(value, unit)} | ${bound} | ${verdict} |`)
  }
  return limits.every(holds) ? 0 : 1
}

function holds({ value, limit, isLeast = false }: Limit): boolean {
  return isLeast ? value >= limit : value <= limit
}

function formatFigure(value: number, unit: string): string {
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0
  return `${value.toFixed(digits)} ${unit}`.trim()
}
