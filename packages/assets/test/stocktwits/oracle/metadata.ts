import { csvRecords } from "./csv-records.ts"

export type MetadataRow = Readonly<Record<string, number | string | null>>

const userIndicators = ["bonds", "equities", "forex", "futures", "options", "private_companies"]

const roomIndicators = [
  "biotechnology",
  "cryptocurrencies",
  "day_trading",
  "etfs",
  "education",
  "energy",
  "equities",
  "forex",
  "fundamentals",
  "futures",
  "global_macro",
  "green_energy",
  "long_term_investing",
  "momentum_trading",
  "news",
  "non_market_talk",
  "options",
  "personal_finance",
  "precious_metals",
  "quant",
  "swing_trading",
  "technicals",
  "technology",
]

/** The newest snapshot not after the day, as it is; no rows when there is none. */
export function usersOf(snapshots: ReadonlyMap<string, string>, day: string) {
  return rowsOf(snapshots, day, (record) => ({
    id: Number(record.get("id")),
    username: valueOf(record, "username"),
    experience: valueOf(record, "experience"),
    approach: valueOf(record, "approach"),
    holding_period: valueOf(record, "holding_period"),
    ...indicators(record.get("assets_traded") ?? "", userIndicators),
  }))
}

/** The newest snapshot not after the day, as it is; no rows when there is none. */
export function roomsOf(snapshots: ReadonlyMap<string, string>, day: string) {
  return rowsOf(snapshots, day, (record) => ({
    id: Number(record.get("id")),
    slug: valueOf(record, "slug"),
    ...indicators(record.get("topics") ?? "", roomIndicators),
  }))
}

function rowsOf(
  snapshots: ReadonlyMap<string, string>,
  day: string,
  rowFrom: (record: ReadonlyMap<string, string>) => MetadataRow,
): readonly MetadataRow[] {
  const newest = [...snapshots.keys()]
    .filter((each) => each <= day)
    .toSorted()
    .at(-1)
  const text = newest === undefined ? "" : (snapshots.get(newest) ?? "")
  return csvRecords(text)
    .map(rowFrom)
    .toSorted((a, b) => Number(a["id"]) - Number(b["id"]))
}

/** An empty value, quoted or not, is null. */
function valueOf(record: ReadonlyMap<string, string>, name: string): string | null {
  const value = record.get(name) ?? ""
  return value === "" ? null : value
}

/** A value that no column is named after sets nothing; spaces (U+0020) around a value do not count. */
function indicators(list: string, columns: readonly string[]): Readonly<Record<string, 0 | 1>> {
  const values = list.split(",").map((value) => value.replace(/^ +| +$/g, ""))
  const named = values.map((value) => value.toLowerCase().replace(/[ -]/g, "_"))
  return Object.fromEntries(columns.map((column) => [column, named.includes(column) ? 1 : 0]))
}
