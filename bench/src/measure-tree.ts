import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { text } from "node:stream/consumers"
import { setTimeout as delay } from "node:timers/promises"

import { listChildren, readTreeUse } from "./process-use.ts"

/** Resources of a process and its children together. */
export interface TreeMeasurement {
  readonly wallMs: number
  readonly cpuMs: number
  /** The largest sum of their resident memory, twice a second. */
  readonly peakMb: number
}

const gnuTime = "/usr/bin/time"

/** Runs a Node program to its end: GNU time reports its CPU time, and /proc the memory of all its processes at an instant. */
export async function measureTree(
  words: readonly string[],
  options: { readonly figures: string; readonly environment?: Readonly<Record<string, string>> },
): Promise<TreeMeasurement> {
  const startedAt = performance.now()
  const child = spawn(gnuTime, ["-f", "%U %S", "-o", options.figures, process.execPath, ...words], {
    env: { ...process.env, ...options.environment },
    stdio: ["ignore", "ignore", "pipe"],
  })
  const ended = once(child, "exit")
  const errors = text(child.stderr)
  let peakMb = 0
  while (child.exitCode === null && child.signalCode === null) {
    peakMb = Math.max(peakMb, readPeak(child.pid ?? 0))
    await Promise.race([ended, delay(500)])
  }
  const wallMs = performance.now() - startedAt
  if (child.exitCode !== 0) throw new Error(`${words.join(" ")} failed: ${await errors}`)
  const [user = 0, system = 0] = readFileSync(options.figures, "utf8").split(" ").map(Number)
  return { wallMs, cpuMs: (user + system) * 1000, peakMb }
}

/** Adds up the memory of the measured processes; 0 while there is none. */
function readPeak(timePid: number): number {
  try {
    return listChildren(timePid).reduce((sum, pid) => sum + readTreeUse(pid).memoryMb, 0)
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0
    throw error
  }
}
