import type { AnyAsset } from "@freshet/core"
import { formatPartitionKey, quoteName } from "@freshet/core/engine"
import {
  openData,
  type Project,
  readFailedRows,
  readRelations,
  readReportRows,
  resolveStoredPartition,
  selectAsset,
} from "@freshet/services"

import { formatReport } from "../render/report.ts"
import { type CommandLine, printData, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { formatMoreRows, type RowsFlags, printRows } from "../terminal/print-rows.ts"

export interface DataHeadFlags extends RowsFlags {
  readonly partition?: string
  readonly refused: boolean
}

/** Shows the first rows of a partition. */
export async function dataHead(
  cli: CommandLine,
  flags: DataHeadFlags,
  name: string,
): Promise<number> {
  const services = await loadServices(cli)
  cli.interruption.watch("Stopping.")
  return services.withProject({}, async (project) => {
    const data = openData(project)
    const asset = selectAsset(project, name)
    const { partition, relation } = flags.refused
      ? await readFailedRows(project, asset, flags.partition)
      : await readStoredRelation(project, asset, flags.partition)
    if (
      asset.kind === "asset" &&
      asset.report !== undefined &&
      relation !== undefined &&
      !flags.json &&
      !flags.csv
    ) {
      const reportRows = await readReportRows(data, asset, relation, flags.limit)
      await printData(cli.out, formatReport(reportRows, cli.out.style))
      if (reportRows.more) await printLines(cli.err, [formatMoreRows(reportRows.rows.length)])
      return exitCodes.done
    }
    const relations = relation === undefined ? [] : [relation]
    const key = formatPartitionKey(asset.partitions, partition)
    const sql = `select * from ${quoteName(asset.name)} limit ${flags.limit + 1}`
    if (cli.out.isTerminal && !flags.json && key !== "all")
      await printLines(cli.err, [`${asset.name} ${key}`])
    await data.query({ sql, relations }, (rows) => printRows(cli, flags, rows))
    return exitCodes.done
  })
}

async function readStoredRelation(project: Project, asset: AnyAsset, key: string | undefined) {
  const partition = resolveStoredPartition(project, asset, key)
  const ranges = [{ from: partition, to: partition }]
  const [relation] = await readRelations(project, [{ name: asset.name, asset, ranges }])
  return { partition, relation }
}
