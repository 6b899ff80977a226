import { FreshetError, ProblemsError } from "@freshet/core/engine"
import type { Garbage, OrphanedTable } from "@freshet/io"

import type { GarbageDocument } from "../documents/garbage.ts"
import { requireDefaultEnvironment } from "../environments/require-default.ts"
import { ownsLake } from "../lake-claim.ts"
import { selectCurrentRecords } from "../materialization-records.ts"
import type { Project } from "../project.ts"
import { requireCertainLanding } from "../run/execute-run.ts"
import type { Services } from "../services.ts"
import { type CollectedGarbage, toGarbageDocument } from "./garbage-document.ts"
import { type OrphanedFile, findOrphanedFiles } from "./orphaned-files.ts"
import { getRecordExpiry } from "./record-expiry.ts"
import { removeSpillFolders, type SpillOptions } from "./spill-folders.ts"

/** Decides which garbage is removed. */
export interface GarbageCollectionRequest {
  /** Spares everything younger than this. */
  readonly graceMs: number
  /** Drops orphaned tables as well. */
  readonly unpublish: boolean
  /** Reports the garbage and removes nothing; needs no run lock. */
  readonly dryRun: boolean
  /** False: a run in progress is an error. */
  readonly wait: boolean
}

/**
 * Removes expired materializations, the files that nothing references, and expired records. A collection that is killed
 * in between leaves the rest to the next one.
 */
export async function collectGarbage(
  services: Services,
  request: GarbageCollectionRequest,
): Promise<GarbageDocument> {
  const { dryRun, wait } = request
  requireDefaultEnvironment(
    services.config,
    "The garbage of all environments is collected in the default one.",
  )
  const options = dryRun ? {} : { lock: { mode: "exclusive", wait, cancellable: false } as const }
  return services.withProject(options, async (project) =>
    toGarbageDocument(await removeGarbage(project, request), dryRun),
  )
}

async function removeGarbage(
  project: Project,
  request: GarbageCollectionRequest,
): Promise<CollectedGarbage> {
  const { dryRun, graceMs } = request
  const { config, ledger, signal, store } = project
  const isClaimed = await ownsLake(project)
  requireCertainLanding(project)
  const tables = await dropOrphanedTables(project, request)
  const options = { nowMs: project.nowMs, graceMs }
  const garbage = await excludeCurrent(project, await ledger.findGarbage(options))
  const ids = garbage.map(({ id }) => id)
  throwIfStopped(signal)
  if (!dryRun) await wipeInBatches(ledger, ids, signal)
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
  const expiry = getRecordExpiry(config, options.nowMs)
  const records = await ledger.expireRecords(expiry, { dryRun, signal })
  return {
    records,
    tables,
    materializations: garbage,
    files: scan.files,
    temporaryFiles,
    spillFiles,
    unknownCount: scan.unknownCount,
  }
}

/** Drops the orphaned tables if that is requested, and lists them. */
async function dropOrphanedTables(
  { ledger }: Project,
  { unpublish, dryRun }: GarbageCollectionRequest,
): Promise<readonly OrphanedTable[]> {
  if (!unpublish) return []
  const { tables } = await ledger.readOrphans()
  if (!dryRun && tables.length > 0)
    await ledger.dropPublishedTables(tables.map(({ table }) => table))
  return tables
}

/** Spares the earlier materializations that an undone edit made current again. */
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

/** The number of materializations that one transaction wipes. */
const wipeBatchSize = 10_000

async function wipeInBatches(
  { wipeMaterializations }: Project["ledger"],
  ids: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  for (let start = 0; start < ids.length; start += wipeBatchSize) {
    throwIfStopped(signal)
    await wipeMaterializations(ids.slice(start, start + wipeBatchSize))
  }
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
  throw new FreshetError("interrupted", "Interrupted before all garbage was removed.", {
    hint: "The next collection removes the rest.",
  })
}

/** Creates the error for a lake without owner of which the ledger references no file. */
function foreignLakeError(lake: string, files: number): ProblemsError {
  const problem = {
    kind: "usage",
    message: `The ledger references none of the files in ${lake}, and ${files} of them would be removed. The ledger or the lake may be the wrong one.`,
    hint: "Check that DATABASE_URL, FRESHET_HOME and FRESHET_LAKE belong together. Nothing was removed; remove orphaned files yourself.",
  }
  return new ProblemsError("usage", [problem])
}

const dayMs = 86_400_000

/** Spares the spilled files of a day, since commands that only read hold no lock. */
function getSpillOptions(
  { dryRun, graceMs }: GarbageCollectionRequest,
  nowMs: number,
): SpillOptions {
  return { olderThanMs: nowMs - Math.max(graceMs, dayMs), dryRun }
}
