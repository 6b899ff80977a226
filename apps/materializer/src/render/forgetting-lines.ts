import { type Graph, type PartitionRange, partitionCount, partitionsText } from "@freshet/core"

import type { Forgetting } from "../project/forget-partitions.ts"
import { bytesText, count, counted } from "./amount.ts"
import { type Look, paint } from "./look.ts"
import { setPartition } from "./set-partition.ts"

/** What was forgotten, or would be, and what comes of it; at the end the command that makes it again. */
export function forgettingLines(
  forgetting: Forgetting,
  isDryRun: boolean,
  again: string | undefined,
  look: Look,
): readonly string[] {
  const { project, assets, materializations, published } = forgetting
  const { graph } = project
  if (materializations === 0)
    return [`Nothing is kept of ${assets.join(", ")} there: there is nothing to forget.`]
  return [
    headline(forgetting, isDryRun),
    ...togetherLines(assets),
    "The files stay in the lake until `freshet gc` removes them.",
    ...published.map(
      ({ set, partitionKey }) =>
        `What is published stays as it is: ${setPartition(set, partitionKey)}.`,
    ),
    ...staleLines(forgetting, look),
    ...readerLines(graph, forgetting.readers, look),
    ...(isDryRun || again === undefined ? [] : [`To make it again: \`${again}\``]),
  ]
}

function headline(forgetting: Forgetting, isDryRun: boolean): string {
  const { project, assets, partitions, materializations, files, bytes } = forgetting
  const [asset = ""] = assets
  const name = `${asset} ${partitionsText(project.graph, asset, partitions)}`.trim()
  const many = partitionCount(partitions)
  const counts = `${counted(materializations, "materialization")}, ${counted(files, "file")}, ${bytesText(bytes)}`
  const verb = isDryRun ? "would count" : many === 1 ? "counts" : "count"
  const which = many === 1 ? name : `${name} (${count(many)} partitions)`
  return `${which} ${verb} as never made${isDryRun ? "" : " now"}: ${counts}.`
}

function togetherLines([asset, ...others]: readonly string[]): readonly string[] {
  if (asset === undefined || others.length === 0) return []
  return [`So ${others.length === 1 ? "does" : "do"} ${others.join(", ")}, made together with it.`]
}

function staleLines({ project, stale }: Forgetting, look: Look): readonly string[] {
  const { graph } = project
  if (stale.size === 0) return ["Nothing downstream becomes stale by it."]
  const names = [...stale].map(([computation, partitions]) => {
    const output = graph.computations.find(({ name }) => name === computation)?.outputs[0]
    return `  ${computation} ${partitionsText(graph, output?.asset ?? "", partitions)}`.trimEnd()
  })
  return [
    paint(look, "stale", "Not up to date by it, until the same rows are there again:"),
    ...names,
  ]
}

function readerLines(
  graph: Graph,
  readers: ReadonlyMap<string, readonly PartitionRange[]>,
  look: Look,
): readonly string[] {
  if (readers.size === 0) return []
  const names = [...readers].map(([asset, partitions]) =>
    `  ${asset} ${partitionsText(graph, asset, partitions)}`.trimEnd(),
  )
  return [
    paint(look, "stale", "Made from it, so `--inputs recorded` cannot make these again:"),
    ...names,
  ]
}
