import { endIdle } from "@freshet/io"

import type { Services } from "../services.ts"

/** Lets the connections of ended runs be used again, until the services' signal is aborted. */
export async function keepConnections({ idleConnections, signal }: Services): Promise<void> {
  if (signal.aborted) return
  idleConnections.isKept = true
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))
  await endIdle(idleConnections)
}
