import { selectAsset } from "@freshet/services"

import { formatDataDictionary } from "../render/asset-detail.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { toColumnDocuments } from "./show.ts"

/** Shows an asset's columns: names, types, units and what they mean. */
export async function dataSchema(
  cli: CommandLine,
  flags: { readonly json: boolean },
  name: string,
): Promise<number> {
  const services = await loadServices(cli)
  return services.withProject({}, async (project) => {
    const asset = selectAsset(project, name)
    await (flags.json
      ? printJson(cli.out, { asset: asset.name, columns: toColumnDocuments(asset.columns) })
      : printLines(cli.out, formatDataDictionary(asset.columns, cli.out.style)))
    return exitCodes.done
  })
}
