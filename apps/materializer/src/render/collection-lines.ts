import type { Collection } from "../project/collect-garbage.ts"
import { bytesText, count, counted } from "./amount.ts"
import type { Look } from "./look.ts"
import { table } from "./table.ts"

/** What went of one asset, or of one kind of leftovers. */
export interface CollectedRow {
  readonly name: string
  readonly materializations: number
  readonly files: number
  readonly bytes: number
}

/** What went, by asset; then what is no asset's. */
export function collectedRows(collection: Collection): readonly CollectedRow[] {
  const rows = new Map<string, CollectedRow>()
  const add = (name: string, more: Omit<CollectedRow, "name">) => {
    const known = rows.get(name)
    rows.set(name, {
      name,
      materializations: (known?.materializations ?? 0) + more.materializations,
      files: (known?.files ?? 0) + more.files,
      bytes: (known?.bytes ?? 0) + more.bytes,
    })
  }
  for (const { asset } of collection.forgotten)
    add(asset, { materializations: 1, files: 0, bytes: 0 })
  for (const { kind, owner, bytes } of collection.files)
    add(nameOf[kind](owner), { materializations: 0, files: 1, bytes })
  const assets = [...rows.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const left = [
    { name: "temporary files", ...collection.temporary },
    { name: "spilled by killed commands", ...collection.spilled },
  ]
  return [
    ...assets,
    ...left.flatMap((each) => (each.files === 0 ? [] : [{ ...each, materializations: 0 }])),
  ]
}

const nameOf = {
  rows: (owner: string) => owner,
  refused: (owner: string) => `${owner}, refused rows`,
  quarantine: (owner: string) => `${owner}, quarantined lines`,
} as const

/** What went, or what would go, and how much space that is. */
export function collectionLines(
  collection: Collection,
  isDryRun: boolean,
  look: Look,
): readonly string[] {
  const rows = collectedRows(collection)
  const { strangers } = collection
  const note =
    strangers === 0
      ? []
      : [`${counted(strangers, "file")} in the lake that no step wrote: left alone.`]
  if (rows.length === 0) return ["Nothing to clear away.", ...note]
  const shown = rows.map(({ name, materializations, files, bytes }) => [
    name,
    materializations === 0 ? "" : count(materializations),
    count(files),
    bytesText(bytes),
  ])
  const columns = [
    { header: isDryRun ? "would go" : "gone", shrinks: true },
    { header: "materializations", align: "right" } as const,
    { header: "files", align: "right" } as const,
    { header: "space", align: "right" } as const,
  ]
  return [...table(columns, shown, look), sentence(rows, isDryRun), ...note]
}

function sentence(rows: readonly CollectedRow[], isDryRun: boolean): string {
  const sum = (of: (row: CollectedRow) => number) => rows.reduce((all, row) => all + of(row), 0)
  const forgotten = counted(
    sum((row) => row.materializations),
    "materialization",
  )
  const files = counted(
    sum((row) => row.files),
    "file",
  )
  const space = bytesText(sum((row) => row.bytes))
  return isDryRun
    ? `${forgotten} would be forgotten and ${files} removed, ${space}.`
    : `${forgotten} forgotten and ${files} removed, ${space}.`
}
