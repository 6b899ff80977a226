import { relative, resolve } from "node:path"

import { type Evaluation, assetNamed } from "@freshet/core"

import type { Project } from "../project/project.ts"
import { type Refusal, refusalOf } from "../render/refusal.ts"
import type { CommandLine } from "./command-line.ts"

/** Keys of the store as paths to be shown. */
export function shownPaths({ cwd }: CommandLine, lake: string) {
  return (keys: readonly string[]): readonly string[] =>
    keys.map((key) => {
      const path = resolve(lake, key)
      const inside = relative(cwd, path)
      return inside.startsWith("..") ? path : inside
    })
}

/** What was refused of a partition that failed, or what of a fresh one fails its checks; undefined when all is well with it. */
export async function readRefusal(
  cli: CommandLine,
  { graph, evaluation, history, config }: Project,
  {
    asset,
    partition,
    key,
  }: { readonly asset: string; readonly partition: number; readonly key: string },
): Promise<Refusal | undefined> {
  const { computation } = assetNamed(graph, asset)
  const inputVersion = refusedInput(evaluation, asset, partition)
  if (inputVersion === undefined) return undefined
  const assets = computation.outputs.map((output) => output.asset)
  const rows = { computation: computation.name, partition, inputVersion, assets }
  const checked = await history.checked(rows)
  if (checked === undefined) return undefined
  return refusalOf(graph, key, checked.results, shownPaths(cli, config.lake)(checked.kept))
}

function refusedInput(
  { graph, snapshot, statuses, unfit }: Evaluation,
  asset: string,
  partition: number,
): string | undefined {
  const { computation } = assetNamed(graph, asset)
  const status = statuses.get(computation.name)?.get(partition)
  if (status?.kind === "failed")
    return status.failure.outcome === "refused" ? status.failure.inputVersion : undefined
  const isUnfit = status?.kind === "fresh" && unfit.get(asset)?.includes(partition) === true
  return isUnfit ? snapshot.materializations.get(asset)?.get(partition)?.inputVersion : undefined
}
