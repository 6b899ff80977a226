import {
  type Computation,
  createMaterializationCache,
  FreshetError,
  recompute,
  type RecomputeEffects,
  type ReproducibilityResult,
} from "@freshet/core/engine"
import { hashContent } from "@freshet/io"

import type { Project } from "../project.ts"

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
  const effects: RecomputeEffects = {
    hash: project.hash,
    engine: runtime().engine,
    readVersions: async ({ id }) => (await ledger.readInputVersions([id])).get(id) ?? [],
    isUnchanged: ({ path, hash }) =>
      hashContent(project.config.landing, path).then(
        (landedFile) => landedFile.hash === hash,
        () => false,
      ),
    cache: createMaterializationCache({ readMaterializations: ledger.readMaterializations }),
  }
  const result = await recompute(evaluation, computation, partition, effects).catch(
    (cause: unknown) => toFailedResult(cause, signal),
  )
  if (result.kind !== "file_changed") return result
  if (!(await isStillRecorded(project, result))) return { kind: "replaced" }
  return (await store.exists(result.file)) ? result : { ...result, kind: "file_gone" }
}

/** Turns an error of one partition into its result; an interruption stops all of them. */
function toFailedResult(cause: unknown, signal: AbortSignal): RecomputeResult {
  const isReported = cause instanceof FreshetError && reportedErrorCodes.includes(cause.code)
  if (signal.aborted || !isReported) throw cause
  return { kind: "failed", message: cause.message, hint: cause.hint }
}

const reportedErrorCodes: readonly string[] = ["engine", "input"]

/** Says if the ledger still records the file for this partition. */
export async function isStillRecorded(
  project: Project,
  {
    asset,
    partition: index,
    file,
  }: { readonly asset: string; readonly partition: number; readonly file: string },
): Promise<boolean> {
  const records = await project.ledger.readMaterializations([
    { asset, range: { from: index, to: index } },
  ])
  return records.some((record) => record.file === file)
}
