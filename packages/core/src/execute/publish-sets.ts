import type { Asset } from "../declare/declaration.ts"
import { formatPartitionKey } from "../declare/partition.ts"
import type { Hash } from "../evaluate/declared-versions.ts"
import type { Evaluation } from "../evaluate/states.ts"
import { toRanges } from "../partitions/range-algebra.ts"
import type { Plan } from "../plan/plan.ts"
import { listPublished } from "../plan/publication-set.ts"
import {
  type PublicationPlan,
  computePublicationVersion,
  formatNewestKey,
  hasPassedChecks,
  isPublished,
  isReadyToPublish,
} from "../plan/publication.ts"
import { type TableContent, chooseContents } from "../plan/table-content.ts"
import type { AssetRange, Effects, Ledger } from "../ports.ts"
import { FreshetError, isInterruption } from "../problem.ts"
import type { PublicationRequest, PublicationTable, TableChange } from "../publisher.ts"
import { isBlockedByFailedCheck } from "./blockers.ts"
import { createMaterializationCache } from "./materialization-cache.ts"
import { type RunState, createRunState, findRows } from "./run-state.ts"
import { formatStateKey } from "./state-key.ts"

/** The result of one publication. */
export interface PublicationResult {
  readonly set: string
  readonly key: string
  /** Keys of published partitions that did not exist any more. */
  readonly withdrawn: readonly string[]
  readonly changes: readonly TableChange[]
  readonly error: string | undefined
}

/**
 * Publishes each planned set whose newest ready partition differs from its current publication. A set without a ready
 * partition is unchanged. A cancelled run publishes no further set.
 */
export async function publishSets(
  state: RunState,
  plan: Plan,
  effects: Effects,
  run: string,
): Promise<readonly PublicationResult[]> {
  const results: PublicationResult[] = []
  for (const planned of plan.publications) {
    if (effects.signal.aborted) break
    const request = await buildPublicationRequest(state, planned, effects, run)
    if (request === undefined) continue
    const result = await publishSet(request, effects)
    if (result === undefined) break
    results.push({ ...result, withdrawn: planned.withdrawn })
  }
  return results
}

/** Builds the requests of a plan whose steps have been executed, or that has none. */
export async function buildPublicationRequests(
  evaluation: Evaluation,
  { publications }: Plan,
  { ledger, hash }: { readonly ledger: Pick<Ledger, "readMaterializations">; readonly hash: Hash },
): Promise<readonly PublicationRequest[]> {
  const state = createRunState(evaluation, createMaterializationCache(ledger))
  const requests = await Promise.all(
    publications.map((planned) => buildPublicationRequest(state, planned, { hash }, "")),
  )
  return requests.flatMap((request) => request ?? [])
}

async function buildPublicationRequest(
  state: RunState,
  { set, tables: plannedTables }: PublicationPlan,
  effects: Pick<Effects, "hash">,
  run: string,
): Promise<PublicationRequest | undefined> {
  const { evaluation } = state
  const contents = chooseContents(
    evaluation,
    plannedTables.map(({ asset }) => asset),
    (asset, partition) => isReadyInRun(state, asset, partition),
  )
  if (contents === undefined) return undefined
  await state.cache.load(contents.flatMap(listContentRanges))
  const findVersion = ({ name }: Asset, partition: number) =>
    findRows(state, name, partition)?.dataVersion
  if (contents.every((content) => isPublished(evaluation, content, findVersion))) return undefined
  const tables = contents.flatMap((content) => toPublicationTables(state, content))
  const version = computePublicationVersion(set, tables, effects.hash)
  return { run, set, partitionKey: formatNewestKey(contents), version, tables }
}

function listContentRanges({ asset, partitions }: TableContent): readonly AssetRange[] {
  return toRanges(partitions).map((range) => ({ asset: asset.name, range }))
}

function toPublicationTables(
  state: RunState,
  { asset, partitions, retained }: TableContent,
): PublicationTable[] {
  const { publish } = asset
  if (publish === undefined) return []
  const published = new Map(
    listPublished(state.evaluation, asset).map((rows) => [rows.partition, rows]),
  )
  const rows = partitions.flatMap((partition) => {
    const stored = retained.has(partition)
      ? published.get(partition)
      : findRows(state, asset.name, partition)
    if (stored === undefined) return []
    const { file, dataVersion } = stored
    return [{ key: formatPartitionKey(asset.partitions, partition), file, dataVersion }]
  })
  return [{ asset, publish, partitions: rows }]
}

function isReadyInRun(state: RunState, asset: Asset, partition: number): boolean {
  const key = formatStateKey(asset.name, partition)
  const passed = state.checksPassed.get(key)
  if (!state.materialized.has(key))
    return (
      !isBlockedByFailedCheck(state.blockers, asset.computation, partition) &&
      isReadyToPublish(state.evaluation, asset, partition, passed)
    )
  return passed ?? hasPassedChecks(state.evaluation, asset, partition)
}

/** Publishes a set; undefined if the run was cancelled before the publication was complete. */
async function publishSet(
  request: PublicationRequest,
  effects: Effects,
): Promise<Omit<PublicationResult, "withdrawn"> | undefined> {
  const { set, partitionKey: key } = request
  const startedMs = effects.nowMs()
  effects.emit({ kind: "publish_started", set, partition: key })
  const result = await tryPublish(request, effects)
  if (result === undefined) return undefined
  const ms = effects.nowMs() - startedMs
  effects.emit({ kind: "publish_ended", partition: key, ms, ...result })
  return { key, ...result }
}

async function tryPublish(request: PublicationRequest, effects: Effects) {
  const { set } = request
  try {
    return { set, changes: await effects.publisher.publish(request), error: undefined }
  } catch (error) {
    if (error instanceof FreshetError && error.code === "publish")
      return { set, changes: [], error: error.message }
    if (isInterruption(error)) return undefined
    throw error
  }
}
