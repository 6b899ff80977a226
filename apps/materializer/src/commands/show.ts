import { type AnyAsset, type Asset, type Columns, windowLabel } from "@freshet/core"

import type { Project } from "../project/project.ts"
import { assetDetailLines } from "../render/asset-detail.ts"
import { readAnswer } from "./answer.ts"
import { type AssetDetail, readAssetDetail } from "./asset-detail.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { namedAsset } from "./select.ts"
import { assetDocument } from "./status.ts"
import { newestStored, storedRelations } from "./stored-partition.ts"
import type { Data } from "./world.ts"

export interface ShowFlags {
  readonly partition?: string
  readonly json: boolean
}

/** Shows everything declared and known of one asset. */
export async function show(cli: CommandLine, flags: ShowFlags, name: string): Promise<number> {
  const config = await cli.loadConfig()
  const isReport = config.assets.some((asset) => asset.name === name && hasReport(asset))
  if (!isReport || flags.json)
    return cli.world.withProject(config, (project) => showAsset(cli, flags, name, { project }))
  cli.interruption.watch("Stopping.")
  return cli.world.withData(config, cli.interruption.signal, (project, data) =>
    showAsset(cli, flags, name, { project, data }),
  )
}

function hasReport(asset: AnyAsset): asset is Asset {
  return asset.kind === "asset" && asset.report !== undefined
}

async function showAsset(
  cli: CommandLine,
  flags: ShowFlags,
  name: string,
  { project, data }: { readonly project: Project; readonly data?: Data },
): Promise<number> {
  const asset = namedAsset(project, name)
  const known = await readAssetDetail(project, asset, flags.partition)
  const answer = data && hasReport(asset) ? await newestAnswer(project, data, asset) : undefined
  const detail = { ...known, answer }
  await (flags.json
    ? printJson(cli.out, showDocument(project, detail))
    : printLines(cli.out, assetDetailLines(project.graph, detail, project.nowMs, cli.out.look)))
  return exitCodes.done
}

const answerRows = 5

/** What the report says now; undefined as long as it was never made. */
async function newestAnswer(project: Project, data: Data, asset: Asset) {
  const partition = newestStored(project, asset)
  if (partition === undefined) return undefined
  const ranges = [{ from: partition, to: partition }]
  const [relation] = await storedRelations(project, [{ name: asset.name, asset, ranges }])
  return relation && readAnswer(data, asset, relation, answerRows)
}

function showDocument(
  project: Project,
  { asset, state, key, record, publication, checked }: AssetDetail,
): object {
  return {
    ...assetDocument(project, state),
    partition: key ?? state.newest ?? null,
    ...(hasReport(asset) ? { title: asset.report?.title } : {}),
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
