import {
  type AnyAsset,
  type Failure,
  type Problem,
  ProblemsError,
  type Relation,
  folderOf,
  partitionKey,
} from "@freshet/core"

import type { Project } from "../project/project.ts"
import { partitionOf } from "./targets.ts"

/** The rows that checks refused of a partition: the one that the key names, or the newest of which any are kept. */
export async function refusedRows(
  project: Project,
  asset: AnyAsset,
  key: string | undefined,
): Promise<{ readonly partition: number; readonly relation: Relation }> {
  const wanted = key === undefined ? undefined : partitionOf(project, asset, key)
  const found = newestRefusal(project, asset, wanted)
  if (asset.kind === "source" || found === undefined) throw nothingRefused(asset, key)
  const [partition, { fingerprint }] = found
  const { name, computation, columns } = asset
  const assets = computation.outputs.map((output) => output.asset)
  const rows = { computation: computation.name, partition, fingerprint, assets }
  const kept = (await project.history.checked(rows))?.kept ?? []
  const folder = `${name}/${folderOf(partitionKey(asset.partitions, partition))}/`
  const files = kept.filter((file) => file.startsWith(folder) || file.includes(`/${folder}`))
  return { partition, relation: { kind: "stored", name, columns, files } }
}

function newestRefusal(
  { evaluation }: Project,
  asset: AnyAsset,
  wanted: number | undefined,
): readonly [number, Failure] | undefined {
  if (asset.kind === "source") return undefined
  const failures = [...(evaluation.snapshot.failures.get(asset.computation.name) ?? [])]
  return failures
    .filter(([index, { outcome }]) => outcome === "refused" && (wanted ?? index) === index)
    .toSorted(([a], [b]) => b - a)[0]
}

function nothingRefused({ name }: AnyAsset, key: string | undefined): ProblemsError {
  const problem: Problem = {
    kind: "usage",
    message: `No rows of \`${name}\`${key === undefined ? "" : ` ${key}`} were refused by a check.`,
    hint: `\`freshet status ${name}\` tells how it stands.`,
  }
  return new ProblemsError("usage", [problem])
}
