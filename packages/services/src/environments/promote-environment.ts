import { type AssetRange, listRangesWhere, stateFlags } from "@freshet/core/engine"

import { type AssetPartitions, subtractPartitions } from "../asset-partitions.ts"
import type { PromotionDocument } from "../documents/environments.ts"
import { excludeLostFiles } from "../lost-files.ts"
import { selectCurrentRecords } from "../materialization-records.ts"
import { createPartitionsConverter } from "../partition-keys.ts"
import type { Project } from "../project.ts"
import { executeRun } from "../run/execute-run.ts"
import type { Services } from "../services.ts"
import type { EnvironmentRequest } from "./create-environment.ts"

/**
 * Makes fresh materializations of an environment current in the default one, where these partitions are not fresh, and
 * publishes once. No step runs. Both environments are evaluated with the declarations of this project: partitions with
 * other code or inputs in the environment stay as they are, and are listed as stale.
 */
export async function promoteEnvironment(
  services: Services,
  { name, wait }: EnvironmentRequest,
): Promise<PromotionDocument> {
  const defaultServices = services.forEnvironment(undefined)
  const lock = { mode: "exclusive", wait, cancellable: false } as const
  const promotion = await defaultServices.withProject({ lock }, (project) =>
    services
      .forEnvironment(name)
      .withProject({}, (environment) => promoteFresh(project, environment, name)),
  )
  const command = `freshet env promote ${name}`
  const target = { kind: "publish", selection: [] } as const
  const result = await executeRun(defaultServices, { command, target }, { failFast: false, wait })
  if (result.kind !== "executed") throw new TypeError("a publication needs no confirmation")
  return { environment: name, ...promotion, run: result.run }
}

/** Promotes the partitions that are fresh in the environment only, in one transaction. */
async function promoteFresh(
  project: Project,
  environment: Project,
  name: string,
): Promise<Pick<PromotionDocument, "promoted" | "stale">> {
  const stale = listPartitions(project, isStale)
  const candidates = subtractPartitions(stale, listPartitions(environment, isStale))
  const intactEnvironment = await excludeLostFiles(environment, candidates)
  const intact = subtractPartitions(candidates, listPartitions(intactEnvironment, isStale))
  const ids = await listCurrentIds(intactEnvironment, intact)
  project.signal.throwIfAborted()
  if (ids.length > 0) await project.ledger.promoteMaterializations(name, ids)
  const { evaluation } = await project.readEvaluation()
  const remaining = listPartitions({ evaluation }, isStale)
  const unmaterialized = listPartitions(environment, isMissing)
  return {
    promoted: toDocuments(project, subtractPartitions(stale, remaining)),
    stale: toDocuments(project, subtractPartitions(remaining, unmaterialized)),
  }
}

const isStale = (flags: number) => (flags & stateFlags.fresh) === 0
const isMissing = (flags: number) => (flags & stateFlags.materialized) === 0

function listPartitions(
  { evaluation }: Pick<Project, "evaluation">,
  matches: (flags: number) => boolean,
): AssetPartitions {
  const assets = [...evaluation.graph.assets.values()]
  return new Map(
    assets.flatMap((asset) =>
      asset.kind === "source"
        ? []
        : [[asset.name, listRangesWhere(evaluation, asset.computation, matches)] as const],
    ),
  )
}

/** Lists the materializations of the current rows of some partitions. */
async function listCurrentIds(
  { evaluation, ledger }: Project,
  partitions: AssetPartitions,
): Promise<readonly number[]> {
  const ranges = [...partitions].flatMap(([asset, assetRanges]) =>
    assetRanges.map((range): AssetRange => ({ asset, range })),
  )
  if (ranges.length === 0) return []
  const records = await ledger.readMaterializations(ranges)
  return [...selectCurrentRecords(evaluation, records).values()].map(({ id }) => id)
}

function toDocuments(project: Project, partitions: AssetPartitions): PromotionDocument["promoted"] {
  const toPartitions = createPartitionsConverter(project)
  return [...partitions].flatMap(([asset, ranges]) =>
    ranges.length === 0 ? [] : [{ asset, ...toPartitions(asset, ranges) }],
  )
}
