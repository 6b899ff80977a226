import type { ServiceEvent, Services } from "@freshet/services"

import { type CommandLine, printLines } from "./command-line.ts"

/** Handles the events of a command's services. */
export interface EventListener {
  readonly emit: (event: ServiceEvent) => void
  /** True when the progress of single steps is shown. */
  readonly watchesSteps: boolean
}

/** Loads the configuration, prints its profile, and creates the services of a command. Without a listener only a wait for the run lock is printed. */
export async function loadServices(
  cli: CommandLine,
  listener: EventListener = createWaitPrinter(cli),
): Promise<Services> {
  const config = await cli.loadConfig()
  if (config.profile !== undefined) await printLines(cli.err, [`Profile ${config.profile}`])
  return cli.createServices(config, listener)
}

function createWaitPrinter({ err }: CommandLine): EventListener {
  const emit = (event: ServiceEvent) => {
    if (event.kind === "run_waiting") void printLines(err, [formatWait(event.owner)])
  }
  return { emit, watchesSteps: false }
}

/** Names the run or the command that keeps this one from starting. */
export function formatWait(owner: string): string {
  return `Waiting for ${owner}.`
}
