import { createRandom, type Random } from "@freshet/core/engine"

/** A random history of a project: what a person changes before each run. */
export interface History {
  readonly chapters: readonly (readonly Edit[])[]
}

export type Edit =
  | { readonly kind: "land"; readonly day: string; readonly users: readonly number[] }
  | { readonly kind: "withdraw"; readonly day: string }
  | { readonly kind: "withdraw the oldest"; readonly count: number }
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
  readonly zone: string
  /** The days in the table of `others`. */
  readonly keep: string
  /** True: `recs` and `others` exchange their tables. */
  readonly exchangesTables: boolean
  /** True: `recs` and `others` swap their names, with lists of previous names. */
  readonly swapsNames: boolean
  /** False: `others` is removed from the declarations. */
  readonly hasOthers: boolean
  /** True: `others` is in the set of `recs`, if both are daily. */
  readonly sharesSet: boolean
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
  zone: "UTC",
  keep: '"latest"',
  exchangesTables: false,
  swapsNames: false,
  hasOthers: true,
  sharesSet: false,
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
  switch (random.below(12)) {
    case 0:
    case 1:
      return { kind: "land", day, users: drawUsers(random) }
    case 2:
      return { kind: "withdraw", day }
    case 3:
      return { kind: "name", users: drawUsers(random) }
    case 4:
      return { kind: "clock ahead" }
    case 5:
      return { kind: "withdraw the oldest", count: 1 + random.below(2) }
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
    { zone: pick(random, ["UTC", "America/New_York"]) },
    { keep: pick(random, ['"latest"', '"partitions"', "{ last: 2 }"]) },
    { keep: pick(random, ['"latest"', '"partitions"', "{ last: 2 }"]) },
    { exchangesTables: random.below(2) === 0 },
    { swapsNames: random.below(2) === 0 },
    { hasOthers: random.below(2) === 0 },
    { sharesSet: random.below(2) === 0 },
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

/** The names of the published assets, with their previous names. */
export function nameAssets({ name, keepsPreviousName, swapsNames }: Declared) {
  const previousNames = keepsPreviousName ? [name === "recs" ? "pairs" : "recs"] : []
  return swapsNames
    ? {
        recs: { name: "others", previousNames: [...previousNames, name] },
        others: { name, previousNames: ["others"] },
      }
    : { recs: { name, previousNames }, others: { name: "others", previousNames: [] } }
}

/** Writes the declarations: each published asset has the same table under each of its names and sets, unless they exchange tables. */
export function declareHistory(declared: Declared): string {
  const { start, zone, granularity, group, set, exchangesTables, hasOthers, keep } = declared
  const partitions = {
    daily: `daily({ start: "${start}", zone: "${zone}" })`,
    monthly: `monthly({ start: "2026-01", zone: "${zone}" })`,
    unpartitioned: "unpartitioned",
  }[granularity]
  const read = granularity === "daily" ? "${raw}" : "${all(raw)}"
  const names = nameAssets(declared)
  const check = "sql`select * from ${itself} where u not in (select u from ${all(names)})`"
  const othersSet = granularity === "daily" && declared.sharesSet ? set : "o"
  const optional = [...(hasOthers ? ["others"] : []), ...(declared.hasSums ? ["sums"] : [])]
  const assets = ["raw", "names", "known", "recs", ...optional]
  const [recsTable, othersTable] = exchangesTables ? ["others", "recs"] : ["recs", "others"]
  return `
    import { all, daily, int64, itself, monthly, noRows, partitionKeyText, previous, publishTo, sourceAsset, sql, sqlAsset, text, unpartitioned } from "@freshet/core"
    import { bigint, date, pgTable, text as textColumn } from "drizzle-orm/pg-core"
    const whole = () => bigint({ mode: "bigint" }).notNull()
    const declareTable = (name) =>
      pgTable(name, { day: date(), k: textColumn().primaryKey(), u: whole(), n: whole() })
    const common = { group: "${group}", description: "A dataset." }
    const days = daily({ start: "${start}", zone: "${zone}" })
    const format = { kind: "json_lines" }
    const raw = sourceAsset({
      ...common, format, name: "raw", columns: { u: int64() }, path: "raw/{partition}.json",
      partitions: daily({ start: "2026-01-01", zone: "${zone}" }), whenMissing: "empty", whenRemoved: "retract",
    })
    const names = sourceAsset({
      ...common, format, name: "names", columns: { u: int64() }, path: "names.json", partitions: unpartitioned,
    })
    const key = sql\`\${partitionKeyText} || ' ' || u as k\`
    const columns = { k: text("The partition and the user."), u: int64("A user."), n: int64("Events.") }
    const known = sqlAsset({
      ...common, name: "known", columns: { n: int64("One.") }, partitions: unpartitioned,
      query: sql\`select count(distinct 1) as n from \${names}\`,
    })
    const recs = sqlAsset({
      ...common, ...${JSON.stringify(names.recs)}, columns, partitions: ${partitions},
      query: sql\`select \${key}, u, count(*) as n from ${read} group by u having count(*) >= ${declared.minEvents} * (select max(n) from \${known})\`,
      ${declared.checksNames ? `checks: [noRows("named", { description: "Users have names.", query: ${check} })],` : ""}
      publish: publishTo(declareTable("${recsTable}"), { set: "${set}" }),
    })
    const others = sqlAsset({
      ...common, ...${JSON.stringify(names.others)}, columns, partitions: days,
      query: sql\`select \${key}, u, 10 * count(*) as n from \${raw} group by u\`,
      publish: publishTo(declareTable("${othersTable}"), {
        set: "${othersSet}", keep: ${keep}${keep === '"latest"' ? "" : ', partitionColumn: "day"'},
      }),
    })
    const sums = sqlAsset({
      ...common, name: "sums", columns: { n: int64("Events so far.") }, partitions: days,
      query: sql\`select (select count(*) from \${raw}) + coalesce((select sum(n) from \${previous()}), 0)::bigint as n\`,
    })
    export const assets = [${assets.join(", ")}]`
}
