import { availableParallelism } from "node:os"
import { join } from "node:path"

import type { Config } from "./config.ts"

/** Returns the engine's limits and its spill folder. */
export function getSessionOptions(config: Config, spillFolder = join(config.home, "spill")) {
  return {
    // the process takes up to a quarter more than the engine's own limit
    memoryLimitMb: Math.floor(config.memoryMb * 0.8),
    threads: config.threads ?? availableParallelism(),
    spillFolder,
  }
}
