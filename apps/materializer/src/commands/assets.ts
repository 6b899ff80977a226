import { selectAssets } from "@freshet/services"

import { formatAssetList } from "../render/asset-list.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"

export interface AssetsFlags {
  readonly json: boolean
}

/** Lists what is declared. */
export async function listAssets(
  cli: CommandLine,
  flags: AssetsFlags,
  ...words: readonly string[]
): Promise<number> {
  const services = await loadServices(cli)
  return services.withProject({}, async (project) => {
    const selectedAssets = selectAssets(project, words).flatMap(
      (name) => project.graph.assets.get(name) ?? [],
    )
    await (flags.json
      ? printJson(cli.out, {
          assets: selectedAssets.map((asset) => ({
            name: asset.name,
            group: asset.group,
            kind: asset.kind === "source" ? "source" : asset.computation.kind,
            partitions: asset.partitions.kind,
            description: asset.description,
            owners: asset.owners,
            tags: asset.tags,
            columns: Object.keys(asset.columns),
            upstream: [...new Set(project.graph.upstream.get(asset.name))],
            downstream: project.graph.downstream.get(asset.name) ?? [],
            published: asset.kind === "asset" ? (asset.publish?.set ?? null) : null,
          })),
        })
      : printLines(cli.out, formatAssetList(selectedAssets, cli.out.style)))
    return exitCodes.done
  })
}
