import {
  type Evaluation,
  formatPartitions,
  isInRanges,
  type LandedFile,
  type Plan,
  type Problem,
} from "@freshet/core/engine"

import { mapConcurrently } from "../map-concurrently.ts"
import type { Project } from "../project.ts"

/** A copy of a landed file, and the first planned partition that is pinned to it. */
interface PinnedCopy {
  readonly copy: string
  readonly path: string
  readonly asset: string
  readonly partition: number
}

/** The number of copies that are looked up at once. */
const lookupsAtOnce = 16

/** Describes the copies of landed files that planned steps read and that the lake lacks: these steps fail. One warning a copy. */
export async function describeMissingCopies(
  { evaluation, graph, store }: Project,
  plan: Plan,
): Promise<readonly Problem[]> {
  const copies = [...listPinnedCopies(evaluation, plan).values()]
  const areStored = await mapConcurrently(copies, lookupsAtOnce, ({ copy }) => store.exists(copy))
  return copies.flatMap(({ path, asset, partition }, at) => {
    if (areStored[at] === true) return []
    const key = formatPartitions(graph, asset, [{ from: partition, to: partition }])
    return [
      {
        kind: "missing_copy",
        asset,
        message: `The copy of ${path}, to which ${`${asset} ${key}`.trim()} is pinned, is missing from the lake.`,
        hint: "Restore the copy, or run with --repin to read the files that are landed now.",
      },
    ]
  })
}

/** Lists the copies that planned steps read, each once, apart from those whose bytes are still landed. */
function listPinnedCopies(evaluation: Evaluation, plan: Plan): ReadonlyMap<string, PinnedCopy> {
  const landedHashes = new Set(listLandedFiles(evaluation).map(formatFile))
  const copies = new Map<string, PinnedCopy>()
  for (const { file, ...pinned } of listPinnedFiles(evaluation, plan)) {
    const { copy, path } = file
    if (copy !== undefined && !copies.has(copy) && !landedHashes.has(formatFile(file)))
      copies.set(copy, { copy, path, ...pinned })
  }
  return copies
}

/** Lists the files that planned steps are pinned to. */
function listPinnedFiles({ pinnedInputs }: Evaluation, { work }: Plan) {
  return work.flatMap(({ computation, ranges }) => {
    const asset = computation.outputs[0]?.asset ?? computation.name
    const pinned = [...(pinnedInputs?.get(computation.name) ?? [])].filter(([partition]) =>
      isInRanges(ranges, partition),
    )
    return pinned.flatMap(([partition, reads]) =>
      [...reads.values()]
        .flatMap(({ files }) => [...(files?.values() ?? [])].flat())
        .map((file) => ({ file, asset, partition })),
    )
  })
}

function listLandedFiles({ landing, pinnedInputs }: Evaluation): readonly LandedFile[] {
  if (pinnedInputs === undefined) return []
  return [...landing.values()].flatMap((partitions) =>
    [...partitions.values()].flatMap(({ files }) => files),
  )
}

function formatFile({ path, hash }: LandedFile): string {
  return `${path} ${hash}`
}
