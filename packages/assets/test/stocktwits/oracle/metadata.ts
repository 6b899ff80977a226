import { parseCsvRecords } from "./csv-records.ts"

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
export function buildUsers(snapshots: ReadonlyMap<string, string>, day: string) {
  return buildRows(snapshots, day, (record) => ({
    id: Number(record.get("id")),
    username: findValue(record, "username"),
    experience: findValue(record, "experience"),
    approach: findValue(record, "approach"),
    holding_period: findValue(record, "holding_period"),
    ...toIndicators(record.get("assets_traded") ?? "", userIndicators),
  }))
}

/** The newest snapshot not after the day, as it is; no rows when there is none. */
export function buildRooms(snapshots: ReadonlyMap<string, string>, day: string) {
  return buildRows(snapshots, day, (record) => ({
    id: Number(record.get("id")),
    slug: findValue(record, "slug"),
    ...toIndicators(record.get("topics") ?? "", roomIndicators),
  }))
}

function buildRows(
  snapshots: ReadonlyMap<string, string>,
  day: string,
  toRow: (record: ReadonlyMap<string, string>) => MetadataRow,
): readonly MetadataRow[] {
  const newest = [...snapshots.keys()]
    .filter((snapshotDay) => snapshotDay <= day)
    .toSorted()
    .at(-1)
  const text = newest === undefined ? "" : (snapshots.get(newest) ?? "")
  return parseCsvRecords(text)
    .map(toRow)
    .toSorted((a, b) => Number(a["id"]) - Number(b["id"]))
}

/** An empty value, quoted or not, is null. */
function findValue(record: ReadonlyMap<string, string>, name: string): string | null {
  const value = record.get(name) ?? ""
  return value === "" ? null : value
}

/** A value that no column is named after sets nothing; spaces (U+0020) around a value do not count. */
function toIndicators(list: string, columns: readonly string[]): Readonly<Record<string, 0 | 1>> {
  const values = list.split(",").map((value) => value.replace(/^ +| +$/g, ""))
  const columnNames = values.map((value) => value.toLowerCase().replace(/[ -]/g, "_"))
  return Object.fromEntries(columns.map((column) => [column, columnNames.includes(column) ? 1 : 0]))
}
