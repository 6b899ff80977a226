import { explainStaleness } from "@freshet/services"

import { formatExplanation } from "../render/explanation.ts"
import {
  addCommandFlag,
  type CommandLine,
  printJson,
  printLines,
} from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { createPathFormatter } from "../terminal/paths.ts"

export interface WhyFlags {
  readonly partition?: string
  readonly json: boolean
}

/** Prints the root causes of a partition's status, the path from the first one, and the command that fixes it. */
export async function why(
  cli: CommandLine,
  { partition, json }: WhyFlags,
  asset: string,
): Promise<number> {
  const explanation = await explainStaleness(await loadServices(cli), { asset, partition })
  const { command } = explanation
  const document = {
    ...explanation,
    command: command === null ? null : addCommandFlag(cli.out, command),
  }
  await (json
    ? printJson(cli.out, document)
    : printLines(cli.out, formatExplanation(document, createPathFormatter(cli), cli.out.style)))
  return exitCodes.done
}
