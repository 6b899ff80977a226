import { readFileSync, writeFileSync } from "node:fs"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

/** Milliseconds of CPU time, all threads together, and of the clock. */
export interface Timing {
  readonly cpuMs: number
  readonly wallMs: number
}

/** What one process measured: the first time of each phase, and some of them again. */
export interface Sample {
  readonly first: Readonly<Record<string, Timing>>
  readonly again: Readonly<Record<string, readonly Timing[]>>
  readonly memoryMb: Readonly<Record<string, number>>
  readonly steps: Readonly<Record<string, number>>
}

/** Does something and says what it took. */
export function measureTime<T>(work: () => T): Timing & { readonly value: T } {
  const [cpu, wall] = [process.cpuUsage(), performance.now()]
  const value = work()
  const { user, system } = process.cpuUsage(cpu)
  return { value, cpuMs: (user + system) / 1000, wallMs: performance.now() - wall }
}

/** What phases took, without what came of them. */
export function toTimings(
  phases: Readonly<Record<string, Timing>>,
): Readonly<Record<string, Timing>> {
  return Object.fromEntries(
    Object.entries(phases).map(([phase, { cpuMs, wallMs }]) => [phase, { cpuMs, wallMs }]),
  )
}

/** What each phase took, several times. */
export function groupByPhase(
  times: readonly Readonly<Record<string, Timing>>[],
): Readonly<Record<string, readonly Timing[]>> {
  const phases = Object.keys(times[0] ?? {})
  return Object.fromEntries(
    phases.map((phase) => [phase, times.flatMap((timings) => timings[phase] ?? [])]),
  )
}

/** Frees what nobody holds any more. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc")
  runInNewContext("gc")()
}

/** What JavaScript holds: heap and array buffers. */
export function readHeldMb(): number {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 2 ** 20
}

/** From here on the kernel notes the most memory that the process has resident at once. */
export function watchPeak(): () => number {
  collectGarbage()
  writeFileSync("/proc/self/clear_refs", "5")
  const residentMbAtStart = readResidentMb("VmRSS")
  return () => readResidentMb("VmHWM") - residentMbAtStart
}

function readResidentMb(field: string): number {
  const line = readFileSync("/proc/self/status", "utf8").match(new RegExp(`${field}:\\s+(\\d+) kB`))
  return Number(line?.[1]) / 1024
}

/** The middle one of the values, by size. */
export function findMedian(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
