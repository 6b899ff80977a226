import type { Graph, Ledger, StepName } from "../src/engine.ts"
import { listNames } from "./memory-history.ts"
import { type MemoryLedger, toStoredPartition } from "./memory-ledger.ts"

/** Work under way → the run that does it. */
export type MemoryClaims = Map<string, string>

/** Creates the part of a run's ledger that claims work, as the Postgres ledger does. */
export function createClaimRecords(
  ledger: MemoryLedger & { readonly claims: MemoryClaims },
  graph: Graph,
  run: string,
): Pick<Ledger, "claimStep" | "releaseStep" | "claimPublication" | "releasePublication"> {
  const { claims } = ledger
  return {
    claimStep: async (step) => {
      if (!claim(claims, formatStepClaim(step), run)) return { kind: "taken" }
      return { kind: "claimed", newestRecord: findNewestId(ledger, graph, step) }
    },
    releaseStep: async (step) => release(claims, formatStepClaim(step), run),
    claimPublication: async (set) => claim(claims, set, run),
    releasePublication: async (set) => release(claims, set, run),
  }
}

export function formatStepClaim({
  computation,
  partition,
}: Pick<StepName, "computation" | "partition">): string {
  return `${computation} ${partition}`
}

function claim(claims: MemoryClaims, name: string, run: string): boolean {
  if (claims.has(name)) return false
  claims.set(name, run)
  return true
}

/** Releases a claim of a run; those of other runs stay. */
export function release(claims: MemoryClaims, name: string, run: string): void {
  if (claims.get(name) === run) claims.delete(name)
}

/** Releases the claims of a run that has ended. */
export function releaseAll(claims: MemoryClaims, run: string): void {
  for (const name of claims.keys()) release(claims, name, run)
}

function findNewestId(
  { records }: MemoryLedger,
  graph: Graph,
  { outputs, partition }: StepName,
): number {
  const ids = outputs.map((output) => {
    const { key, definition } = toStoredPartition(graph, { asset: output, partition })
    const names = listNames(graph, graph.assets.get(output)!)
    const newest = records.findLast(
      (stored) =>
        stored.key === key && stored.definition === definition && names.includes(stored.asset),
    )
    return newest?.record.id ?? 0
  })
  return Math.max(...ids)
}
