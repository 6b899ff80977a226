import { endSpare, keepSpare } from "@freshet/io"

import type { Services } from "../services.ts"

/** Keeps a process ready for the code of assets, if there are any, until the services' signal is aborted. */
export async function keepSpareProcess({ config, codeProgram, signal }: Services): Promise<void> {
  const hasCode = config.assets.some(
    (asset) => asset.kind === "asset" && asset.computation.kind === "code",
  )
  if (codeProgram === undefined || !hasCode || signal.aborted) return
  keepSpare({ ...codeProgram, memoryMb: config.codeMemoryMb })
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))
  await endSpare(codeProgram)
}
