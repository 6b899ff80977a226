import { relative, resolve } from "node:path"

import { type Evaluation, assetNamed, isUnfit, statusAt } from "@freshet/core"

import type { Project } from "../project/project.ts"
import { countingInput } from "../project/records.ts"
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
  const fingerprint = refusedInput(evaluation, asset, partition)
  if (fingerprint === undefined) return undefined
  const assets = computation.outputs.map((output) => output.asset)
  const rows = { computation: computation.name, partition, fingerprint, assets }
  const checked = await history.checked(rows)
  if (checked === undefined) return undefined
  return refusalOf(graph, key, checked.results, shownPaths(cli, config.lake)(checked.kept))
}

/** What the rows were made from that checks refused, or would refuse. */
function refusedInput(evaluation: Evaluation, asset: string, index: number): string | undefined {
  const status = statusAt(evaluation, assetNamed(evaluation.graph, asset).computation, index)
  if (status.kind === "failed")
    return status.failure.outcome === "refused" ? status.failure.fingerprint : undefined
  if (!isUnfit(evaluation, asset, index)) return undefined
  return countingInput(evaluation, { asset, partition: index })
}
