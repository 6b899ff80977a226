import { type Columns, windowLabel } from "@freshet/core"

import type { Project } from "../project/project.ts"
import { assetDetailLines } from "../render/asset-detail.ts"
import { type AssetDetail, readAssetDetail } from "./asset-detail.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { namedAsset } from "./select.ts"
import { assetDocument } from "./status.ts"

export interface ShowFlags {
  readonly partition?: string
  readonly json: boolean
}

/** Shows everything declared and known of one asset. */
export async function show(cli: CommandLine, flags: ShowFlags, name: string): Promise<number> {
  const config = await cli.loadConfig()
  return cli.world.withProject(config, async (project) => {
    const asset = namedAsset(project, name)
    const detail = await readAssetDetail(project, asset, flags.partition)
    await (flags.json
      ? printJson(cli.out, showDocument(project, detail))
      : printLines(cli.out, assetDetailLines(project.graph, detail, project.nowMs, cli.out.look)))
    return exitCodes.done
  })
}

function showDocument(
  project: Project,
  { asset, state, record, publication, checked }: AssetDetail,
): object {
  return {
    ...assetDocument(project, state),
    description: asset.description,
    owners: asset.owners,
    tags: asset.tags,
    columns: columnDocuments(asset.columns),
    reads:
      asset.kind === "source"
        ? []
        : asset.computation.reads.map((read) => ({
            asset: read.asset?.name ?? asset.name,
            window: windowLabel(read.window),
          })),
    read_by: project.graph.downstream.get(asset.name) ?? [],
    declared_checks:
      asset.kind === "source"
        ? []
        : asset.checks.map(({ name, severity, description }) => ({ name, severity, description })),
    check_results: checked.map(({ asset: _, ...result }) => result),
    versions:
      record === undefined
        ? null
        : {
            code_version: record.codeVersion,
            input_version: record.inputVersion,
            data_version: record.dataVersion,
          },
    published:
      publication === undefined
        ? null
        : { set: publication.set, partition: publication.partitionKey },
  }
}

/** The data dictionary as JSON. */
export function columnDocuments(columns: Columns): readonly object[] {
  return Object.entries(columns).map(([name, column]) => ({
    name,
    type: column.type,
    nullable: column.nullable,
    description: column.description ?? null,
    unit: column.unit ?? null,
  }))
}
