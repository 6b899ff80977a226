import type { AnyAsset, Asset, Columns } from "@freshet/core"
import { formatWindow } from "@freshet/core/engine"
import {
  type AssetDetail,
  type DataAccess,
  findNewestStored,
  openData,
  type Project,
  readAssetDetail,
  readRelations,
  readReportRows,
  selectAsset,
} from "@freshet/services"

import { formatAssetDetail } from "../render/asset-detail.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { toAssetDocument } from "./status.ts"

export interface ShowFlags {
  readonly partition?: string
  readonly json: boolean
}

/** Shows everything declared and known of one asset. */
export async function show(cli: CommandLine, flags: ShowFlags, name: string): Promise<number> {
  const services = await loadServices(cli)
  const isReport = services.config.assets.some((asset) => asset.name === name && hasReport(asset))
  if (!isReport || flags.json)
    return services.withProject({}, (project) => printAsset(cli, flags, name, { project }))
  cli.interruption.watch("Stopping.")
  return services.withProject({}, (project) =>
    printAsset(cli, flags, name, { project, data: openData(project) }),
  )
}

function hasReport(asset: AnyAsset): asset is Asset {
  return asset.kind === "asset" && asset.report !== undefined
}

async function printAsset(
  cli: CommandLine,
  flags: ShowFlags,
  name: string,
  { project, data }: { readonly project: Project; readonly data?: DataAccess },
): Promise<number> {
  const asset = selectAsset(project, name)
  const assetDetail = await readAssetDetail(project, asset, flags.partition)
  const reportRows =
    data && hasReport(asset) ? await readNewestReport(project, data, asset) : undefined
  const detail = { ...assetDetail, reportRows }
  await (flags.json
    ? printJson(cli.out, toAssetDetailDocument(project, detail))
    : printLines(cli.out, formatAssetDetail(project.graph, detail, project.nowMs, cli.out.style)))
  return exitCodes.done
}

const reportRowLimit = 5

/** What the report says now; undefined as long as it was never made. */
async function readNewestReport(project: Project, data: DataAccess, asset: Asset) {
  const partition = findNewestStored(project, asset)
  if (partition === undefined) return undefined
  const ranges = [{ from: partition, to: partition }]
  const [relation] = await readRelations(project, [{ name: asset.name, asset, ranges }])
  return relation && readReportRows(data, asset, relation, reportRowLimit)
}

function toAssetDetailDocument(
  project: Project,
  { asset, state, key, record, publication, checkResults }: AssetDetail,
): object {
  return {
    ...toAssetDocument(project, state),
    partition: key ?? state.newest ?? null,
    ...(hasReport(asset) ? { title: asset.report?.title } : {}),
    description: asset.description,
    owners: asset.owners,
    tags: asset.tags,
    columns: toColumnDocuments(asset.columns),
    reads:
      asset.kind === "source"
        ? []
        : asset.computation.reads.map((read) => ({
            asset: read.asset?.name ?? asset.name,
            window: formatWindow(read.window),
          })),
    read_by: project.graph.downstream.get(asset.name) ?? [],
    declared_checks:
      asset.kind === "source"
        ? []
        : asset.checks.map(({ name, severity, description }) => ({ name, severity, description })),
    check_results: checkResults.map(({ asset: _, ...result }) => result),
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
export function toColumnDocuments(columns: Columns): readonly object[] {
  return Object.entries(columns).map(([name, column]) => ({
    name,
    type: column.type,
    nullable: column.nullable,
    description: column.description ?? null,
    unit: column.unit ?? null,
  }))
}
