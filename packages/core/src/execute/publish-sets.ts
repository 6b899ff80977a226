import type { Asset } from "../declare/asset.ts"
import { partitionKey } from "../declare/partition.ts"
import { contentFingerprint } from "../fingerprint.ts"
import { lastingPartition } from "../plan/inputs.ts"
import type { Plan } from "../plan/plan.ts"
import {
  type PublicationPlan,
  hasPassed,
  isReadyNow,
  newestPublishable,
  publicationSets,
  publicationTable,
  publicationVersion,
  setExtent,
} from "../plan/publication.ts"
import { FreshetError } from "../problem.ts"
import type { Effects, PublicationRequest, PublicationTable, TableChange } from "./effects.ts"
import { standsOnRefused } from "./obstacles.ts"
import { type RunState, rowsIn } from "./run-state.ts"
import { stateKey } from "./state-key.ts"

/** What came of one publication set. */
export interface PublicationResult {
  readonly set: string
  readonly key: string
  readonly changes: readonly TableChange[]
  readonly error: string | undefined
}

/** Publishes each planned set whose newest right partition is not what readers see; a set that is not whole stays as it is. */
export async function publishSets(
  state: RunState,
  plan: Plan,
  effects: Effects,
  run: string,
): Promise<readonly PublicationResult[]> {
  const results: PublicationResult[] = []
  for (const planned of plan.publications) {
    if (effects.signal.aborted) break
    const request = await publicationRequest(state, planned, effects, run)
    if (request !== undefined) results.push(await publishSet(request, effects))
  }
  return results
}

async function publicationRequest(
  state: RunState,
  { set }: PublicationPlan,
  effects: Effects,
  run: string,
): Promise<PublicationRequest | undefined> {
  const { evaluation } = state
  const assets = publicationSets(evaluation.graph).get(set) ?? []
  const published = evaluation.snapshot.publications.get(set)
  const partition = newestPublishable(setExtent(evaluation, assets), published, (index) =>
    assets.every((asset) => isReady(state, asset, index)),
  )
  const [first] = assets
  if (partition === undefined || first === undefined) return undefined
  const range = { from: partition, to: partition }
  await state.book.load(assets.map(({ name }) => ({ asset: name, range })))
  const tables = assets.flatMap((asset) => {
    const rows = rowsIn(state, asset.name, partition)
    return rows === undefined ? [] : publicationTable(asset, partition, rows)
  })
  const version = publicationVersion(set, tables.map(contentOf), effects.hash)
  if (version === published?.version) return undefined
  const key = partitionKey(first.partitions, partition)
  return { run, set, partition, partitionKey: key, version, tables }
}

function contentOf({ asset, partition, dataVersion }: PublicationTable) {
  const lasting = lastingPartition(asset.partitions, partition)
  return { asset, partition, content: contentFingerprint(lasting, dataVersion) }
}

function isReady(state: RunState, asset: Asset, partition: number): boolean {
  const key = stateKey(asset.name, partition)
  const passed = state.fit.get(key)
  if (!state.made.has(key))
    return (
      !standsOnRefused(state.obstacles, asset.computation, partition) &&
      isReadyNow(state.evaluation, asset, partition, passed)
    )
  return passed ?? hasPassed(state.evaluation, asset, partition)
}

async function publishSet(
  request: PublicationRequest,
  effects: Effects,
): Promise<PublicationResult> {
  const { set, partitionKey: key } = request
  const startedMs = effects.nowMs()
  effects.emit({ kind: "publish_started", set, partition: key })
  const result = await changesOrError(request, effects)
  const ms = effects.nowMs() - startedMs
  effects.emit({ kind: "publish_ended", partition: key, ms, ...result })
  return { key, ...result }
}

async function changesOrError(request: PublicationRequest, effects: Effects) {
  const { set } = request
  try {
    return { set, changes: await effects.publisher.publish(request), error: undefined }
  } catch (error) {
    if (error instanceof FreshetError && error.code === "publish")
      return { set, changes: [], error: error.message }
    throw error
  }
}
