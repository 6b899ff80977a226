import type { AnyAsset } from "@freshet/core"
import { groupBy, type MaterializationRecord } from "@freshet/core/engine"
import { type DataDifference, withLedgerConnection } from "@freshet/io"

import { toSortedRanges } from "../asset-partitions.ts"
import { compareSides, type DiffRowsRequest } from "../data/diff-rows.ts"
import { readStoredSides } from "../data/diff-sides.ts"
import { resolveStoredPartition } from "../data/stored-partition.ts"
import type { DiffDocument } from "../documents/diff.ts"
import type { EnvironmentDiffDocument } from "../documents/environments.ts"
import { createPartitionsConverter } from "../partition-keys.ts"
import { selectAsset } from "../plan/select-assets.ts"
import { sourceProblem, usageError } from "../plan/target-problems.ts"
import { createProjectLedger } from "../project-ledger.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"

/** Lists the partitions whose newest rows in an environment are other ones than in the default environment. */
export function diffEnvironment(
  services: Services,
  { name }: { readonly name: string },
): Promise<EnvironmentDiffDocument> {
  return services.forEnvironment(name).withProject({}, async (project) => {
    const toPartitions = createPartitionsConverter(project)
    const differences = await project.ledger.findDataDifferences()
    const assets = [...groupBy(differences, ({ asset }) => asset)].map(([asset, partitions]) => {
      const convert = (kind: DataDifference["kind"]) => {
        const indexes = partitions.filter((difference) => difference.kind === kind)
        return toPartitions(asset, toSortedRanges(indexes.map(({ partition }) => partition)))
      }
      return {
        asset,
        changed: convert("changed"),
        added: convert("added"),
        removed: convert("removed"),
      }
    })
    return { environment: name, assets }
  })
}

/** Names a partition of an asset; the newest one with rows in the environment unless given. */
export interface EnvironmentRowsRequest extends Pick<DiffRowsRequest, "asset" | "key" | "limit"> {
  readonly name: string
  readonly partition?: string | undefined
}

/** Compares the rows of a partition in the default environment with those in another one, by key. */
export function diffEnvironmentRows(
  services: Services,
  request: EnvironmentRowsRequest,
): Promise<DiffDocument> {
  return services.forEnvironment(request.name).withProject({}, async (project) => {
    const asset = selectAsset(project, request.asset)
    if (asset.kind === "source") throw usageError(sourceProblem([asset]))
    const partition = resolveStoredPartition(project, asset, request.partition)
    const to = await readNewest(project.ledger, asset, partition)
    const from = await services.withDatabase((url) =>
      withLedgerConnection(url, (client) => {
        const { config, graph, files } = project
        const defaultConfig = { ...config, environment: undefined }
        const ledger = createProjectLedger(client, graph, { config: defaultConfig, files })
        return readNewest(ledger, asset, partition)
      }),
    )
    const sides = await readStoredSides(project, asset, from, to)
    return compareSides(project, asset, sides, request)
  })
}

async function readNewest(
  ledger: Pick<Project["ledger"], "readMaterializations">,
  { name }: AnyAsset,
  partition: number,
): Promise<MaterializationRecord> {
  const range = { from: partition, to: partition }
  const newest = (await ledger.readMaterializations([{ asset: name, range }])).at(-1)
  if (newest !== undefined) return newest
  throw usageError({
    kind: "usage",
    asset: name,
    message: `Only one of the environments has rows of this partition of \`${name}\`.`,
    hint: `\`freshet data head ${name}\` prints the first ones.`,
  })
}
