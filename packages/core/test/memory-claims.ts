import type { AttemptRecord, Graph, Ledger, StepName, StepOutcome } from "../src/engine.ts"
import { listNames } from "./memory-history.ts"
import { type MemoryLedger, toStoredPartition } from "./memory-ledger.ts"

/** Work under way → the worker that does it. */
export type MemoryClaims = Map<string, string>

/** The runs under way → their priority. */
export type MemoryPriorities = Map<string, number>

/** The workers that only wait → the pools for whose slots they do. */
export type MemoryWaits = Map<string, readonly string[]>

/** Creates the part of a run's ledger that claims work, as the Postgres ledger does. */
export function createClaimRecords(
  ledger: MemoryLedger & {
    readonly attempts: readonly AttemptRecord[]
    readonly claims: MemoryClaims
    readonly priorities: MemoryPriorities
    readonly waits: MemoryWaits
  },
  graph: Graph,
  { run, worker }: { readonly run: string; readonly worker: string },
): Pick<
  Ledger,
  | "claimStep"
  | "isOutranked"
  | "recordAwaitedPools"
  | "releaseStep"
  | "claimPublication"
  | "releasePublication"
> {
  const { claims, priorities, waits } = ledger
  const isOutranked = (pool?: string) => {
    const priority = priorities.get(run) ?? Infinity
    return [...priorities].some(([other, otherPriority]) => {
      const awaitedPools = waits.get(other)
      const isAwaited = pool !== undefined && awaitedPools?.includes(pool) === true
      return otherPriority > priority && (awaitedPools === undefined || isAwaited)
    })
  }
  return {
    isOutranked: async () => isOutranked(),
    recordAwaitedPools: async (pools) => {
      if (pools === undefined) waits.delete(worker)
      else waits.set(worker, pools)
    },
    claimStep: async (step) => {
      if (isOutranked()) return { kind: "outranked" }
      if (isOutranked(step.pool?.name)) return { kind: "taken" }
      if (!claim(claims, formatStepClaim(step), worker)) return { kind: "taken" }
      return {
        kind: "claimed",
        newestRecord: findNewestId(ledger, graph, step),
        failedAttempts: countAttempts(ledger.attempts, step, run),
        outcome: findOutcome(ledger, step, run),
      }
    },
    releaseStep: async (step) => release(claims, formatStepClaim(step), worker),
    claimPublication: async (set) => claim(claims, set, worker),
    releasePublication: async (set) => release(claims, set, worker),
  }
}

export function formatStepClaim({
  computation,
  partition,
}: Pick<StepName, "computation" | "partition">): string {
  return `${computation} ${partition}`
}

/** Tests if a worker has claimed a partition of a computation. */
export function hasClaim(claims: MemoryClaims, computation: string, worker: string): boolean {
  return [...claims].some(([name, owner]) => owner === worker && name.startsWith(`${computation} `))
}

function claim(claims: MemoryClaims, name: string, worker: string): boolean {
  if (claims.has(name)) return false
  claims.set(name, worker)
  return true
}

/** Releases a claim of a worker; those of others stay. */
export function release(claims: MemoryClaims, name: string, worker: string): void {
  if (claims.get(name) === worker) claims.delete(name)
}

/** Releases the claims of a worker that has ended. */
export function releaseAll(claims: MemoryClaims, worker: string): void {
  for (const name of claims.keys()) release(claims, name, worker)
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

function findOutcome(
  { steps }: MemoryLedger,
  { computation, partition }: StepName,
  run: string,
): StepOutcome | undefined {
  return steps.findLast(
    (step) => step.run === run && step.computation === computation && step.partition === partition,
  )?.outcome
}

function countAttempts(
  attempts: readonly AttemptRecord[],
  { computation, partition }: StepName,
  run: string,
): number {
  return attempts.filter(
    (attempt) =>
      attempt.run === run && attempt.computation === computation && attempt.partition === partition,
  ).length
}
