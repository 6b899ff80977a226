import { FreshetError, ProblemsError } from "@freshet/core"
import {
  findGarbage,
  forgetMaterializations,
  type Garbage,
  keptFiles,
  type Leftovers,
  openFolderStore,
} from "@freshet/io"

import type { Config } from "../config.ts"
import { ownsLake } from "./lake-owner.ts"
import { readProject } from "./open-project.ts"
import type { Project } from "./project.ts"
import { countingRecords } from "./records.ts"
import { refuseUncertainLanding } from "./run-plan.ts"
import { clearSpills, type SpillOptions } from "./spill-folders.ts"
import { type UnreferencedFile, unreferencedFiles } from "./unreferenced-files.ts"
import { type ChangeRequest, type LentLedger, whileNothingRuns } from "./while-nothing-runs.ts"

/** What may be cleared away, and how. */
export interface CollectionRequest extends ChangeRequest {
  /** What is younger stays, whatever it is. */
  readonly graceMs: number
}

/** What went, or would go. */
export interface Collection {
  readonly forgotten: readonly Garbage[]
  readonly files: readonly UnreferencedFile[]
  /** Temporary files of the lake, and what killed commands spilled. */
  readonly temporary: Leftovers
  readonly spilled: Leftovers
  /** How many files lie in the lake that no step wrote: they stay. */
  readonly strangers: number
}

/**
 * Forgets the materializations that need not be kept, in one transaction, and then removes the files that nothing
 * refers to. Killed in between, it leaves files that nothing refers to: the next one removes them.
 */
export async function collectGarbage(
  config: Config,
  keeperCommand: readonly string[],
  request: CollectionRequest,
): Promise<Collection> {
  return whileNothingRuns(config, keeperCommand, request, (ledger) =>
    collect(config, ledger, request),
  )
}

async function collect(
  config: Config,
  { graph, client, signal }: LentLedger,
  request: CollectionRequest,
): Promise<Collection> {
  const { dryRun, graceMs } = request
  const store = openFolderStore(config.lake)
  const isOwn = await ownsLake({ lake: config.lake, store, client })
  const project = await readProject(config, graph, client)
  refuseUncertainLanding(project)
  const options = { nowMs: project.nowMs, graceMs }
  const forgotten = await withoutCounting(project, await findGarbage(client, graph, options))
  const ids = forgotten.map(({ id }) => id)
  proceed(signal)
  if (!dryRun && ids.length > 0) await forgetMaterializations(client, ids)
  const kept = new Set<string>()
  for await (const file of keptFiles(client, options, dryRun ? ids : [])) kept.add(file)
  const owners = new Map(forgotten.map(({ file, asset }) => [file, asset]))
  const found = await unreferencedFiles(store, kept, {
    olderThanMs: options.nowMs - graceMs,
    owners,
  })
  if (!isOwn && found.known === 0 && found.files.length > 0)
    throw foreignLake(config.lake, found.files.length)
  if (!dryRun) await removeAll(store.remove, found.files, signal)
  const temporary = await (dryRun ? store.findTemp() : store.sweepTemp())
  const spilled = await clearSpills(config.home, spillOptions(request, options.nowMs))
  return { forgotten, files: found.files, temporary, spilled, strangers: found.strangers }
}

/** An edit that was taken back made an earlier materialization count again: it stays, although a newer one is there. */
async function withoutCounting(
  { evaluation, recorded }: Project,
  garbage: readonly Garbage[],
): Promise<readonly Garbage[]> {
  const wanted = garbage.flatMap(({ asset, partition: at }) =>
    at === undefined ? [] : [{ asset, range: { from: at, to: at } }],
  )
  if (wanted.length === 0) return garbage
  const counting = countingRecords(evaluation, await recorded(wanted))
  const ids = new Set([...counting.values()].map(({ id }) => id))
  return garbage.filter(({ id }) => !ids.has(id))
}

const removedAtOnce = 1000

async function removeAll(
  remove: (keys: readonly string[]) => Promise<void>,
  files: readonly UnreferencedFile[],
  signal: AbortSignal,
): Promise<void> {
  for (let at = 0; at < files.length; at += removedAtOnce) {
    proceed(signal)
    await remove(files.slice(at, at + removedAtOnce).map(({ key }) => key))
  }
}

function proceed(signal: AbortSignal): void {
  if (!signal.aborted) return
  if (signal.reason instanceof FreshetError) throw signal.reason
  throw new FreshetError("interrupted", "Stopped before all was cleared away.", {
    hint: "What is left goes the next time.",
  })
}

/** A ledger that knows nothing of a lake which it has not taken is another lake's, or lost. */
function foreignLake(lake: string, files: number): ProblemsError {
  const problem = {
    kind: "usage",
    message: `The ledger knows none of the files in ${lake}, ${files} of which would go: is it the right ledger, and the right lake?`,
    hint: "See that DATABASE_URL, FRESHET_HOME and FRESHET_LAKE belong together. Nothing was removed; what belongs to nobody you may remove yourself.",
  }
  return new ProblemsError("usage", [problem])
}

const dayMs = 86_400_000

/** Commands that only look hold no lock: what they spilled within a day may be in use. */
function spillOptions({ dryRun, graceMs }: CollectionRequest, nowMs: number): SpillOptions {
  return { olderThanMs: nowMs - Math.max(graceMs, dayMs), dryRun }
}
