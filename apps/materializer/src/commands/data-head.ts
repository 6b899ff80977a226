import { partitionKey, quoteName } from "@freshet/core"

import { type CommandLine, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { type RowsFlags, printRows } from "./result-rows.ts"
import { namedAsset } from "./select.ts"
import { storedPartition, storedRelation } from "./stored-partition.ts"

export interface DataHeadFlags extends RowsFlags {
  readonly partition?: string
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
    const partition = storedPartition(project, asset, flags.partition)
    const relations = [storedRelation(project, asset.name, asset, [partition])]
    const key = partitionKey(asset.partitions, partition)
    const sql = `select * from ${quoteName(asset.name)} limit ${flags.limit + 1}`
    if (cli.out.isTerminal && !flags.json && key !== "all")
      await printLines(cli.err, [`${asset.name} ${key}`])
    await data.query({ sql, relations }, (rows) => printRows(cli, flags, rows))
    return exitCodes.done
  })
}
