import { type AnyAsset, partitionKey, quoteName } from "@freshet/core"

import type { Project } from "../project/project.ts"
import { reportLines } from "../render/report.ts"
import { readAnswer } from "./answer.ts"
import { type CommandLine, printData, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { refusedRows } from "./refused-rows.ts"
import { moreRows, type RowsFlags, printRows } from "./result-rows.ts"
import { namedAsset } from "./select.ts"
import { storedPartition, storedRelations } from "./stored-partition.ts"

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
  const config = await cli.loadConfig()
  cli.interruption.watch("Stopping.")
  return cli.world.withData(config, cli.interruption.signal, async (project, data) => {
    const asset = namedAsset(project, name)
    const { partition, relation } = flags.refused
      ? await refusedRows(project, asset, flags.partition)
      : await storedRows(project, asset, flags.partition)
    if (
      asset.kind === "asset" &&
      asset.report !== undefined &&
      relation !== undefined &&
      !flags.json &&
      !flags.csv
    ) {
      const answer = await readAnswer(data, asset, relation, flags.limit)
      await printData(cli.out, reportLines(answer, cli.out.look))
      if (answer.more) await printLines(cli.err, [moreRows(answer.rows.length)])
      return exitCodes.done
    }
    const relations = relation === undefined ? [] : [relation]
    const key = partitionKey(asset.partitions, partition)
    const sql = `select * from ${quoteName(asset.name)} limit ${flags.limit + 1}`
    if (cli.out.isTerminal && !flags.json && key !== "all")
      await printLines(cli.err, [`${asset.name} ${key}`])
    await data.query({ sql, relations }, (rows) => printRows(cli, flags, rows))
    return exitCodes.done
  })
}

async function storedRows(project: Project, asset: AnyAsset, key: string | undefined) {
  const partition = storedPartition(project, asset, key)
  const ranges = [{ from: partition, to: partition }]
  const [relation] = await storedRelations(project, [{ name: asset.name, asset, ranges }])
  return { partition, relation }
}
