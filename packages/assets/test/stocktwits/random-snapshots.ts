import * as fc from "fast-check"

type Row = Readonly<Record<string, string>>

/** Users or rooms files by day: always one on the first day, and any on the others. */
export function randomSnapshots(
  kind: "users" | "rooms",
  firstDay: string,
  otherDays: readonly string[],
): fc.Arbitrary<ReadonlyMap<string, string>> {
  const snapshot = kind === "users" ? randomUsersSnapshot() : randomRoomsSnapshot()
  return fc
    .subarray([...otherDays])
    .map((days) => [firstDay, ...days])
    .chain((days) => fc.tuple(...days.map((day) => fc.tuple(fc.constant(day), snapshot))))
    .map((days) => new Map(days))
}

function randomUsersSnapshot(): fc.Arbitrary<string> {
  return randomCsv(
    ["id", "username", "experience", "approach", "holding_period", "assets_traded"],
    {
      id: fc.integer({ min: 1, max: 10 }).map(String),
      username: fc.constantFrom("ada", "ben", "Zoë", 'the "bull", himself', "007"),
      experience: fc.constantFrom("", "Novice", "Experienced"),
      approach: fc.constantFrom("", "Growth", "Global Macro"),
      holding_period: fc.constantFrom("", "Day Trader", "Long Term Investor"),
      assets_traded: randomList("Bonds", "Equities", "Private Companies", "OPTIONS", "Stamps"),
    },
  )
}

function randomRoomsSnapshot(): fc.Arbitrary<string> {
  return randomCsv(["id", "slug", "topics"], {
    id: fc.integer({ min: 1, max: 5 }).map(String),
    slug: fc.constantFrom("opening-bell", "chart-talk", "etf"),
    topics: randomList(
      "ETFs",
      "Non-Market Talk",
      "Day Trading",
      "Energy",
      "Green Energy",
      "Weather",
    ),
  })
}

function randomList(...values: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.subarray([...values]), fc.constantFrom(",", ", "))
    .map(([chosen, separator]) => chosen.join(separator))
}

function randomCsv(
  header: readonly string[],
  fields: Readonly<Record<string, fc.Arbitrary<string>>>,
): fc.Arbitrary<string> {
  return fc
    .uniqueArray(fc.record<Record<string, string>>(fields), {
      selector: (row) => row["id"],
      maxLength: 6,
    })
    .map((rows: readonly Row[]) => {
      const records = rows.map((row) => header.map((name) => quoteCsv(row[name] ?? "")).join(","))
      return [header.join(","), ...records, ""].join("\n")
    })
}

function quoteCsv(value: string): string {
  return /[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
