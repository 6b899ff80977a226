import { readFileSync, writeFileSync } from "node:fs"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

/** Milliseconds of CPU time of all threads, and of wall time. */
export interface Timing {
  readonly cpuMs: number
  readonly wallMs: number
}

/** Measurements of one process: the first run of each phase, and repeated runs. */
export interface Sample {
  readonly first: Readonly<Record<string, Timing>>
  readonly again: Readonly<Record<string, readonly Timing[]>>
  readonly memoryMb: Readonly<Record<string, number>>
  readonly steps: Readonly<Record<string, number>>
}

/** Measures a function. */
export function measureTime<T>(work: () => T): Timing & { readonly value: T } {
  const [cpu, wall] = [process.cpuUsage(), performance.now()]
  const value = work()
  const { user, system } = process.cpuUsage(cpu)
  return { value, cpuMs: (user + system) / 1000, wallMs: performance.now() - wall }
}

/** Drops the results of phases. */
export function toTimings(
  phases: Readonly<Record<string, Timing>>,
): Readonly<Record<string, Timing>> {
  return Object.fromEntries(
    Object.entries(phases).map(([phase, { cpuMs, wallMs }]) => [phase, { cpuMs, wallMs }]),
  )
}

/** Measures each phase several times. */
export function groupByPhase(
  times: readonly Readonly<Record<string, Timing>>[],
): Readonly<Record<string, readonly Timing[]>> {
  const phases = Object.keys(times[0] ?? {})
  return Object.fromEntries(
    phases.map((phase) => [phase, times.flatMap((timings) => timings[phase] ?? [])]),
  )
}

/** Collects garbage. */
function collectGarbage(): void {
  setFlagsFromString("--expose-gc")
  runInNewContext("gc")()
}

/** Returns the size of the heap and of array buffers. */
export function readHeldMb(): number {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 2 ** 20
}

/** Resets the peak of resident memory that the kernel records for the process. */
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

/** Computes the median. */
export function findMedian(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}
