import type { Graph } from "../src/engine.ts"
import type { MemoryLedger } from "./memory-ledger.ts"

/** Moves the records of names that were swapped to the assets that had these names, all at once, as the Postgres ledger does. Returns whether there were any. */
export function followRenames(ledger: MemoryLedger, graph: Graph): boolean {
  const renames = findRenames(ledger, graph)
  const rename = (name: string) => renames.get(name) ?? name
  for (const [at, record] of ledger.records.entries())
    ledger.records[at] = { ...record, asset: rename(record.asset) }
  for (const [at, step] of ledger.steps.entries())
    ledger.steps[at] = { ...step, computation: rename(step.computation) }
  for (const [table, content] of ledger.tables)
    ledger.tables.set(table, { ...content, asset: rename(content.asset) })
  for (const { name, previousNames } of graph.assets.values()) {
    const followed = previousNames.filter(
      (from) => renames.get(from) === name || ledger.followedNames.get(name)?.has(from) === true,
    )
    ledger.followedNames.set(name, new Set(followed))
  }
  return renames.size > 0
}

/** Finds the names that changed hands and that the ledger has not followed yet: name → the new name of the asset that had it. */
function findRenames(
  { followedNames }: MemoryLedger,
  { assets }: Graph,
): ReadonlyMap<string, string> {
  const renames = new Map<string, string>()
  for (const { name, previousNames } of assets.values()) {
    const from = previousNames.findLast((previousName) => assets.has(previousName))
    if (from !== undefined && followedNames.get(name)?.has(from) !== true) renames.set(from, name)
  }
  return renames
}
