import type { Services } from "@freshet/services"

import type { CommandLine } from "./command-line.ts"
import { createLiveRegion } from "./live-region.ts"
import { loadServices } from "./load-services.ts"

/** Shows the file that is generated on a line of the terminal. */
export async function withDemoDataProgress<T>(
  cli: CommandLine,
  work: (services: Services) => Promise<T>,
): Promise<T> {
  const region = createLiveRegion(cli.err)
  const services = await loadServices(cli, {
    watchesSteps: false,
    emit: (event) => {
      if (event.kind === "demo_data_progress" && cli.err.isTerminal)
        region.draw([`Generating ${event.item}`])
    },
  })
  try {
    return await work(services)
  } finally {
    region.close()
  }
}
