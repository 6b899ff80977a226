import { FreshetError, ProblemsError } from "@freshet/core/engine"
import type { Garbage, TempFileTotals } from "@freshet/io"

import { ownsLake } from "../lake-claim.ts"
import { selectCurrentRecords } from "../materialization-records.ts"
import type { Project } from "../project.ts"
import { requireCertainLanding } from "../run/run-plan.ts"
import type { Services } from "../services.ts"
import { type OrphanedFile, findOrphanedFiles } from "./orphaned-files.ts"
import { removeSpillFolders, type SpillOptions } from "./spill-folders.ts"

/** Decides which garbage is removed. */
export interface GarbageCollectionRequest {
  /** Spares everything younger than this. */
  readonly graceMs: number
  /** Reports the garbage and removes nothing; needs no run lock. */
  readonly dryRun: boolean
  /** False: a run in progress is an error. */
  readonly wait: boolean
}

/** What went, or would go. */
export interface GarbageReport {
  readonly materializations: readonly Garbage[]
  readonly files: readonly OrphanedFile[]
  /** Temporary files of the lake, and what killed commands spilled. */
  readonly temporaryFiles: TempFileTotals
  readonly spillFiles: TempFileTotals
  /** How many files lie in the lake that no step wrote: they stay. */
  readonly unknownCount: number
}

/**
 * Forgets the materializations that need not be kept, in one transaction, and then removes the files that nothing
 * refers to. Killed in between, it leaves files that nothing refers to: the next one removes them.
 */
export async function collectGarbage(
  services: Services,
  request: GarbageCollectionRequest,
): Promise<GarbageReport> {
  const { dryRun, wait } = request
  const options = dryRun ? {} : { lock: { wait, cancellable: false } }
  return services.withProject(options, (project) => removeGarbage(project, request))
}

async function removeGarbage(
  project: Project,
  request: GarbageCollectionRequest,
): Promise<GarbageReport> {
  const { dryRun, graceMs } = request
  const { config, ledger, signal, store } = project
  const isClaimed = await ownsLake(project)
  requireCertainLanding(project)
  const options = { nowMs: project.nowMs, graceMs }
  const garbage = await excludeCurrent(project, await ledger.findGarbage(options))
  const ids = garbage.map(({ id }) => id)
  throwIfStopped(signal)
  if (!dryRun && ids.length > 0) await ledger.wipeMaterializations(ids)
  const referencedKeys = new Set<string>()
  for await (const file of ledger.listReferencedFiles(options, dryRun ? ids : []))
    referencedKeys.add(file)
  const owners = new Map(garbage.map(({ file, asset }) => [file, asset]))
  const scan = await findOrphanedFiles(store, referencedKeys, {
    olderThanMs: options.nowMs - graceMs,
    owners,
  })
  if (!isClaimed && scan.referencedCount === 0 && scan.files.length > 0)
    throw foreignLakeError(store.locate(), scan.files.length)
  if (!dryRun) await removeFiles(store.remove, scan.files, signal)
  const temporaryFiles = await (dryRun ? store.measureTemp() : store.removeTemp())
  const spillFiles = await removeSpillFolders(config.home, getSpillOptions(request, options.nowMs))
  return {
    materializations: garbage,
    files: scan.files,
    temporaryFiles,
    spillFiles,
    unknownCount: scan.unknownCount,
  }
}

/** An edit that was taken back made an earlier materialization count again: it stays, although a newer one is there. */
async function excludeCurrent(
  { evaluation, ledger }: Project,
  garbage: readonly Garbage[],
): Promise<readonly Garbage[]> {
  const ranges = garbage.flatMap(({ asset, partition: at }) =>
    at === undefined ? [] : [{ asset, range: { from: at, to: at } }],
  )
  if (ranges.length === 0) return garbage
  const currentRecords = selectCurrentRecords(evaluation, await ledger.readMaterializations(ranges))
  const ids = new Set([...currentRecords.values()].map(({ id }) => id))
  return garbage.filter(({ id }) => !ids.has(id))
}

const removalBatchSize = 1000

async function removeFiles(
  remove: (keys: readonly string[]) => Promise<void>,
  files: readonly OrphanedFile[],
  signal: AbortSignal,
): Promise<void> {
  for (let start = 0; start < files.length; start += removalBatchSize) {
    throwIfStopped(signal)
    await remove(files.slice(start, start + removalBatchSize).map(({ key }) => key))
  }
}

function throwIfStopped(signal: AbortSignal): void {
  if (!signal.aborted) return
  if (signal.reason instanceof FreshetError) throw signal.reason
  throw new FreshetError("interrupted", "Stopped before all was cleared away.", {
    hint: "What is left goes the next time.",
  })
}

/** A ledger that knows nothing of a lake which it has not taken is another lake's, or lost. */
function foreignLakeError(lake: string, files: number): ProblemsError {
  const problem = {
    kind: "usage",
    message: `The ledger knows none of the files in ${lake}, ${files} of which would go: is it the right ledger, and the right lake?`,
    hint: "See that DATABASE_URL, FRESHET_HOME and FRESHET_LAKE belong together. Nothing was removed; what belongs to nobody you may remove yourself.",
  }
  return new ProblemsError("usage", [problem])
}

const dayMs = 86_400_000

/** Commands that only look hold no lock: what they spilled within a day may be in use. */
function getSpillOptions(
  { dryRun, graceMs }: GarbageCollectionRequest,
  nowMs: number,
): SpillOptions {
  return { olderThanMs: nowMs - Math.max(graceMs, dayMs), dryRun }
}
