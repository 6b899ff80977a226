import { createRandom, type Random } from "@freshet/core/engine"

/** A random history of a project: what a person changes before each run. */
export interface History {
  readonly chapters: readonly (readonly Edit[])[]
}

export type Edit =
  | { readonly kind: "land"; readonly day: string; readonly users: readonly number[] }
  | { readonly kind: "withdraw"; readonly day: string }
  | { readonly kind: "name"; readonly users: readonly number[] }
  | { readonly kind: "declare"; readonly change: Partial<Declared> }
  | { readonly kind: "clock ahead" }

/** The choices in the declarations of a history. */
export interface Declared {
  readonly start: string
  /** The partitions of `recs`. */
  readonly granularity: "daily" | "monthly" | "unpartitioned"
  readonly group: string
  readonly set: string
  readonly name: "recs" | "pairs"
  readonly keepsPreviousName: boolean
  readonly minEvents: number
  /** True: users that are not in the file of names fail a check of `recs`. */
  readonly checksNames: boolean
  /** False: `sums` is removed from the declarations. */
  readonly hasSums: boolean
}

export const firstDeclared: Declared = {
  start: "2026-01-01",
  granularity: "daily",
  group: "shop",
  set: "s",
  name: "recs",
  keepsPreviousName: true,
  minEvents: 1,
  checksNames: false,
  hasSums: true,
}

const days = ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05", "2026-01-06"]

/** Draws the history of a seed. */
export function drawHistory(seed: number): History {
  const random = createRandom(seed, "history")
  const firstFiles = days.slice(0, 4).map((day): Edit => ({ kind: "land", day, users: [1, 2, 2] }))
  const names: Edit = { kind: "name", users: [1, 2] }
  const chapters = Array.from({ length: 2 + random.below(3) }, () =>
    Array.from({ length: 1 + random.below(3) }, () => drawEdit(random)),
  )
  return { chapters: [[...firstFiles, names], ...chapters] }
}

function drawEdit(random: Random): Edit {
  const day = pick(random, days)
  switch (random.below(8)) {
    case 0:
    case 1:
      return { kind: "land", day, users: drawUsers(random) }
    case 2:
      return { kind: "withdraw", day }
    case 3:
      return { kind: "name", users: drawUsers(random) }
    case 4:
      return { kind: "clock ahead" }
    default:
      return { kind: "declare", change: drawChange(random) }
  }
}

function drawChange(random: Random): Partial<Declared> {
  return pick<Partial<Declared>>(random, [
    { start: pick(random, ["2026-01-01", "2026-01-03"]) },
    { granularity: pick(random, ["daily", "monthly", "unpartitioned"]) },
    { group: pick(random, ["shop", "web"]) },
    { set: pick(random, ["s", "t"]) },
    { name: pick(random, ["recs", "pairs"]), keepsPreviousName: random.below(2) === 0 },
    { minEvents: 1 + random.below(2) },
    { checksNames: random.below(2) === 0 },
    { hasSums: random.below(2) === 0 },
  ])
}

function drawUsers(random: Random): readonly number[] {
  return Array.from({ length: 1 + random.below(4) }, () => 1 + random.below(3))
}

function pick<T>(random: Random, choices: readonly T[]): T {
  const choice = choices[random.below(choices.length)]
  if (choice === undefined) throw new Error("there is nothing to choose from")
  return choice
}

/** Writes the declarations: the table `recs` is that of the published asset, under each of its names and sets. */
export function declareHistory(declared: Declared): string {
  const { start, granularity, group, set, name, keepsPreviousName } = declared
  const partitions = {
    daily: `daily({ start: "${start}" })`,
    monthly: `monthly({ start: "2026-01" })`,
    unpartitioned: "unpartitioned",
  }[granularity]
  const read = granularity === "daily" ? "${raw}" : "${all(raw)}"
  const previousNames = keepsPreviousName
    ? `previousNames: ["${name === "recs" ? "pairs" : "recs"}"],`
    : ""
  const check = "sql`select * from ${itself} where u not in (select u from ${all(names)})`"
  const assets = ["raw", "names", "recs", ...(declared.hasSums ? ["sums"] : [])]
  return `
    import { all, daily, int64, itself, monthly, noRows, previous, publishTo, sourceAsset, sql, sqlAsset, unpartitioned } from "@freshet/core"
    import { bigint, pgTable } from "drizzle-orm/pg-core"
    const whole = () => bigint({ mode: "bigint" }).notNull()
    const recsTable = pgTable("recs", { u: whole().primaryKey(), n: whole() })
    const common = { group: "${group}", description: "A dataset." }
    const format = { kind: "json_lines" }
    const raw = sourceAsset({
      ...common, format, name: "raw", columns: { u: int64() }, path: "raw/{partition}.json",
      partitions: daily({ start: "2026-01-01" }), whenMissing: "empty", whenRemoved: "retract",
    })
    const names = sourceAsset({
      ...common, format, name: "names", columns: { u: int64() }, path: "names.json", partitions: unpartitioned,
    })
    const columns = { u: int64("A user."), n: int64("Events.") }
    const recs = sqlAsset({
      ...common, columns, name: "${name}", ${previousNames} partitions: ${partitions},
      query: sql\`select u, count(*) as n from ${read} group by u having count(*) >= ${declared.minEvents}\`,
      ${declared.checksNames ? `checks: [noRows("named", { description: "Users have names.", query: ${check} })],` : ""}
      publish: publishTo(recsTable, { set: "${set}" }),
    })
    const sums = sqlAsset({
      ...common, name: "sums", columns: { n: int64("Events so far.") }, partitions: daily({ start: "${start}" }),
      query: sql\`select (select count(*) from \${raw}) + coalesce((select sum(n) from \${previous()}), 0)::bigint as n\`,
    })
    export const assets = [${assets.join(", ")}]`
}
