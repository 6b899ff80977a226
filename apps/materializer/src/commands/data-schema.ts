import { dictionaryLines } from "../render/asset-detail.ts"
import { type CommandLine, printJson, printLines } from "./command-line.ts"
import { exitCodes } from "./exit-code.ts"
import { namedAsset } from "./select.ts"
import { columnDocuments } from "./show.ts"

/** Shows an asset's columns: names, types, units and what they mean. */
export async function dataSchema(
  cli: CommandLine,
  flags: { readonly json: boolean },
  name: string,
): Promise<number> {
  const config = await cli.loadConfig()
  return cli.world.withProject(config, async (project) => {
    const asset = namedAsset(project, name)
    await (flags.json
      ? printJson(cli.out, { asset: asset.name, columns: columnDocuments(asset.columns) })
      : printLines(cli.out, dictionaryLines(asset.columns, cli.out.look)))
    return exitCodes.done
  })
}
