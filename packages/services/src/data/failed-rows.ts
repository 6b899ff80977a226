import type { AnyAsset } from "@freshet/core"
import {
  encodeFolderName,
  type Failure,
  formatPartitionKey,
  type Problem,
  ProblemsError,
  type Relation,
} from "@freshet/core/engine"

import { resolvePartition } from "../plan/partition-arguments.ts"
import type { Project } from "../project.ts"

/** Finds the rows of a partition that failed a check: of the requested partition, or of the newest one with such rows. */
export async function findFailedRows(
  project: Project,
  asset: AnyAsset,
  key: string | undefined,
): Promise<{ readonly partition: number; readonly relation: Relation }> {
  const requestedPartition = key === undefined ? undefined : resolvePartition(project, asset, key)
  const failure = findNewestFailure(project, asset, requestedPartition)
  if (asset.kind === "source" || failure === undefined) throw noFailedRowsError(asset, key)
  const [partition, { fingerprint }] = failure
  const { name, computation, columns } = asset
  const assets = computation.outputs.map((output) => output.asset)
  const rows = { computation: computation.name, partition, fingerprint, assets }
  const retainedFiles = (await project.ledger.readCheckResults(rows))?.failedFiles ?? []
  const folder = `${name}/${encodeFolderName(formatPartitionKey(asset.partitions, partition))}/`
  const files = retainedFiles.filter(
    (file) => file.startsWith(folder) || file.includes(`/${folder}`),
  )
  return { partition, relation: { kind: "stored", name, columns, files } }
}

function findNewestFailure(
  { evaluation }: Project,
  asset: AnyAsset,
  requestedPartition: number | undefined,
): readonly [number, Failure] | undefined {
  if (asset.kind === "source") return undefined
  const failures = [...(evaluation.snapshot.failures.get(asset.computation.name) ?? [])]
  return failures
    .filter(
      ([index, { outcome }]) =>
        outcome === "checks_failed" && (requestedPartition ?? index) === index,
    )
    .toSorted(([a], [b]) => b - a)[0]
}

function noFailedRowsError({ name }: AnyAsset, key: string | undefined): ProblemsError {
  const problem: Problem = {
    kind: "usage",
    message: `No rows of \`${name}\`${key === undefined ? "" : ` ${key}`} failed a check.`,
    hint: `\`freshet status ${name}\` shows its state.`,
  }
  return new ProblemsError("usage", [problem])
}
