import { formatCommand, previewPublications, type RunRequest } from "@freshet/services"

import { formatPublishPreview } from "../render/publish-preview.ts"
import { type CommandLine, printJson, printLines } from "../terminal/command-line.ts"
import { exitCodes } from "../terminal/exit-code.ts"
import { loadServices } from "../terminal/load-services.ts"
import { runAndPrint } from "../terminal/run-and-print.ts"

export interface PublishFlags {
  readonly dryRun: boolean
  /** The number of rows of each kind and table that a dry run shows. */
  readonly sample: number
  readonly wait: boolean
  readonly json: boolean
  readonly jsonl: boolean
}

/** Publishes stored rows that the published tables do not have; with --dry-run it prints the changes only. */
export async function publish(
  cli: CommandLine,
  flags: PublishFlags,
  ...selection: readonly string[]
): Promise<number> {
  const target = { kind: "publish", selection } as const
  if (!flags.dryRun) {
    const command = formatCommand("freshet publish", selection, {})
    const request: RunRequest = { command, target }
    return runAndPrint(cli, { ...flags, yes: true, failFast: false }, request)
  }
  cli.interruption.watch("Stopping.")
  const services = await loadServices(cli)
  const document = await previewPublications(services, { target, sampleRows: flags.sample })
  await (flags.json || flags.jsonl
    ? printJson(cli.out, document)
    : printLines(cli.out, formatPublishPreview(document, cli.out.style)))
  await printLines(cli.err, ["Dry run: nothing was published."])
  return exitCodes.done
}
