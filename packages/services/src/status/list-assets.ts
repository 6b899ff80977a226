import type { AssetListDocument } from "../documents/asset-list.ts"
import { selectAssets } from "../plan/select-assets.ts"
import type { Project } from "../project.ts"
import type { Services } from "../services.ts"

/** Lists the declarations of the selected assets. */
export function listAssets(
  services: Services,
  selection: readonly string[],
): Promise<AssetListDocument> {
  return services.withProject({}, async (project) => toAssetListDocument(project, selection))
}

function toAssetListDocument(project: Project, selection: readonly string[]): AssetListDocument {
  const { assets, upstream, downstream } = project.graph
  const selectedAssets = selectAssets(project, selection).flatMap((name) => assets.get(name) ?? [])
  return {
    assets: selectedAssets.map((asset) => ({
      name: asset.name,
      group: asset.group,
      kind: asset.kind === "source" ? "source" : asset.computation.kind,
      partitions: asset.partitions.kind,
      description: asset.description,
      owners: asset.owners,
      tags: asset.tags,
      columns: Object.keys(asset.columns),
      upstream: [...new Set(upstream.get(asset.name))],
      downstream: downstream.get(asset.name) ?? [],
      published: asset.kind === "asset" ? (asset.publish?.set ?? null) : null,
    })),
  }
}
