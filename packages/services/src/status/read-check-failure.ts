import { isAbsolute, relative } from "node:path"

import { type Evaluation, failsChecks, getAsset, getStatus } from "@freshet/core/engine"

import { findCurrentInput } from "../materialization-records.ts"
import type { Project } from "../project.ts"
import { type CheckFailure, toCheckFailure } from "./check-failure.ts"

interface Place {
  readonly cwd: string
}

/** Shows the places of keys of the store. */
export function createPathFormatter(place: Place, { store }: Pick<Project, "store">) {
  return (keys: readonly string[]): readonly string[] =>
    keys.map((key) => shownPath(place, store.locate(key)))
}

/** Shows a path relative to the working folder if it lies inside, and a URL as it is. */
export function shownPath({ cwd }: Place, location: string): string {
  if (!isAbsolute(location)) return location
  const inside = relative(cwd, location)
  return inside.startsWith("..") ? location : inside
}

/** What was refused of a partition that failed, or what of a fresh one fails its checks; undefined when all is well with it. */
export async function readCheckFailure(
  place: Place,
  { graph, evaluation, ledger, store }: Project,
  {
    asset,
    partition,
    key,
  }: { readonly asset: string; readonly partition: number; readonly key: string },
): Promise<CheckFailure | undefined> {
  const { computation } = getAsset(graph, asset)
  const fingerprint = findFailedInput(evaluation, asset, partition)
  if (fingerprint === undefined) return undefined
  const assets = computation.outputs.map((output) => output.asset)
  const rows = { computation: computation.name, partition, fingerprint, assets }
  const checkedRows = await ledger.readCheckResults(rows)
  if (checkedRows === undefined) return undefined
  return toCheckFailure(
    graph,
    key,
    checkedRows.results,
    createPathFormatter(place, { store })(checkedRows.failedFiles),
  )
}

/** What the rows were made from that checks refused, or would refuse. */
function findFailedInput(evaluation: Evaluation, asset: string, index: number): string | undefined {
  const status = getStatus(evaluation, getAsset(evaluation.graph, asset).computation, index)
  if (status.kind === "failed")
    return status.failure.outcome === "refused" ? status.failure.fingerprint : undefined
  if (!failsChecks(evaluation, asset, index)) return undefined
  return findCurrentInput(evaluation, { asset, partition: index })
}
