import type { Services, WorkProgress } from "@freshet/services"

import { formatVerificationProgress } from "../render/verification.ts"
import type { CommandLine } from "./command-line.ts"
import { createLiveRegion } from "./live-region.ts"
import { loadServices } from "./load-services.ts"

const redrawMs = 100

/** Shows the progress of a verification on a line of the terminal; elsewhere nothing is drawn. */
export async function withVerificationProgress<T>(
  cli: CommandLine,
  title: string,
  work: (services: Services) => Promise<T>,
): Promise<T> {
  const region = createLiveRegion(cli.err)
  const startedMs = cli.nowMs()
  // a full line would wrap, and could not be erased
  const style = { ...cli.err.style, columns: (cli.err.style.columns ?? 80) - 1 }
  let progress: WorkProgress | undefined
  const draw = () => {
    if (progress === undefined) return
    region.draw([formatVerificationProgress(title, progress, cli.nowMs() - startedMs, style)])
  }
  const services = await loadServices(cli, {
    watchesSteps: false,
    emit: (event) => {
      if (event.kind !== "work_progress" || !cli.err.isTerminal) return
      const isFirst = progress === undefined
      progress = event
      if (isFirst) draw()
    },
  })
  const timer = setInterval(draw, redrawMs)
  try {
    return await work(services)
  } finally {
    clearInterval(timer)
    region.close()
  }
}
