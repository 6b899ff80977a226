import {
  type Computation,
  createMaterializationCache,
  FreshetError,
  type MaterializationRecord,
  recompute,
  type RecomputeEffects,
  type ReproducibilityResult,
} from "@freshet/core/engine"
import { findCopyFault } from "@freshet/io"

import type { Project } from "../project.ts"
import { DamagedFileError } from "../stored-files.ts"

/** The result of recomputing a partition. */
export type RecomputeResult =
  | ReproducibilityResult
  /** A file of the partition, or of one that it read, is missing. */
  | {
      readonly kind: "file_gone"
      readonly asset: string
      readonly partition: number
      readonly file: string
    }
  | { readonly kind: "failed"; readonly message: string; readonly hint: string | undefined }
  /** A run or a garbage collection replaced its record in the meantime. */
  | { readonly kind: "replaced" }

/** Recomputes a partition from exactly the inputs that its materialization recorded. Nothing is stored, locked or published; the project needs the engine `recompute`. */
export async function recomputePartition(
  project: Project,
  computation: Computation,
  partition: number,
): Promise<RecomputeResult> {
  const { evaluation, ledger, runtime, signal, store } = project
  const { engine } = runtime()
  const effects: RecomputeEffects = {
    hash: project.hash,
    engine: {
      ...engine,
      readDataVersion: (asset, file) => engine.readDataVersion(asset, file).catch(unlessDamaged),
    },
    readVersions: async ({ id }) => (await ledger.readInputVersions([id])).get(id) ?? [],
    isUnchanged: async (file) =>
      file.copy === undefined
        ? project.landingZone.isUnchanged(file)
        : (await findCopyFault(store, file.copy)) === undefined,
    cache: createMaterializationCache({ readMaterializations: ledger.readMaterializations }),
  }
  const result = await recompute(evaluation, computation, partition, effects).catch(
    (cause: unknown) => toFailedResult(cause, signal),
  )
  if (result.kind !== "file_damaged") return result
  const record = await findRecordOfFile(project, result)
  if (record === undefined) return { kind: "replaced" }
  if (!(await store.exists(result.file))) return { ...result, kind: "file_gone" }
  const [state] = await project.files.check([record], { reads: "all" })
  if (state === "intact") project.files.noteDamage(record)
  return result
}

/** A damaged file has no data version. */
function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof DamagedFileError)) throw error
}

/** Turns an error of one partition into its result; an interruption stops all of them. */
function toFailedResult(cause: unknown, signal: AbortSignal): RecomputeResult {
  const isReported = cause instanceof FreshetError && reportedErrorCodes.includes(cause.code)
  if (signal.aborted || !isReported) throw cause
  return { kind: "failed", message: cause.message, hint: cause.hint }
}

const reportedErrorCodes: readonly string[] = ["engine", "input"]

/** Finds the record of a partition's file in the ledger as it is now. */
export async function findRecordOfFile(
  project: Project,
  {
    asset,
    partition: index,
    file,
  }: { readonly asset: string; readonly partition: number; readonly file: string },
): Promise<MaterializationRecord | undefined> {
  const records = await project.ledger.readMaterializations([
    { asset, range: { from: index, to: index } },
  ])
  return records.find((record) => record.file === file)
}
