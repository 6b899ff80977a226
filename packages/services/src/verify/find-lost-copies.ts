import {
  findAssetByStableName,
  type MaterializationRecord,
  type ReproducibilityResult,
} from "@freshet/core/engine"
import { findCopyFault } from "@freshet/io"

import type { Project } from "../project.ts"

/** The partition of a materialization whose copy of a landed file is lost. */
interface LostCopy {
  readonly partition: number
  readonly result: Extract<ReproducibilityResult, { kind: "copy_lost" }>
}

/** Reads the copies of landed files that materializations are pinned to, and finds the lost ones. Each copy is read once, and added to `readCopies`. */
export async function findLostCopies(
  { graph, ledger, store }: Project,
  records: readonly MaterializationRecord[],
  readCopies: Set<string>,
): Promise<readonly LostCopy[]> {
  const versions = await ledger.readInputVersions(records.map(({ id }) => id))
  const lostCopies: LostCopy[] = []
  for (const { id, partition } of records)
    for (const { asset, files } of versions.get(id) ?? [])
      for (const { path, copy } of [...(files?.values() ?? [])].flat()) {
        if (copy === undefined || readCopies.has(copy)) continue
        readCopies.add(copy)
        if ((await findCopyFault(store, copy)) === undefined) continue
        const source = findAssetByStableName(graph, asset)?.name ?? asset
        lostCopies.push({ partition, result: { kind: "copy_lost", source, path, copy } })
      }
  return lostCopies
}
