import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"

/** Resources of one process, from start to end. */
export interface Measurement {
  readonly wallMs: number
  /** User and system time of the process and its children. */
  readonly cpuMs: number
  /** Peak of resident memory. */
  readonly peakMb: number
  readonly stdout: string
}

const gnuTime = "/usr/bin/time"

/** Runs a Node program under GNU time, which reports the figures of wait4. */
export function measure(
  words: readonly string[],
  options: { readonly figures: string; readonly environment?: Readonly<Record<string, string>> },
): Measurement {
  if (!existsSync(gnuTime)) throw new Error(`The benchmark needs GNU time in ${gnuTime}.`)
  const { figures, environment } = options
  const command = ["-f", "%U %S %M", "-o", figures, process.execPath, ...words]
  const startedAt = performance.now()
  const { status, stdout, stderr } = spawnSync(gnuTime, command, {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  })
  const wallMs = performance.now() - startedAt
  if (status !== 0) throw new Error(`${words.join(" ")} failed: ${stderr}`)
  const [user = 0, system = 0, peakKb = 0] = readFileSync(figures, "utf8").split(" ").map(Number)
  return { wallMs, cpuMs: (user + system) * 1000, peakMb: peakKb / 1024, stdout }
}

/** Computes the median. */
export function findMedian(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
