import { spawn } from "node:child_process"
import { once } from "node:events"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { readerQuery, userCount } from "./readers-tables.ts"

/** The load: connections, questions a second over all of them, and seconds. */
export interface Load {
  readonly connections: number
  readonly rate: number
  readonly seconds: number
}

/** The answers of one measurement. Latencies count from the moment at which a question is due. */
export interface Answers {
  readonly count: number
  readonly failures: number
  readonly medianMs: number
  readonly p95Ms: number
}

/** Runs pgbench in a folder of its own, with our script. */
export async function runPgbench(
  url: string,
  folder: string,
  { connections, rate, seconds }: Load,
): Promise<Answers> {
  const script = join(folder, "reader.sql")
  const text = `\\set user_id random(1, ${userCount})\n${readerQuery.replaceAll("\n", " ")};\n`
  writeFileSync(script, text)
  const counts = ["-c", connections, "-j", 2, "-T", seconds, "-R", rate].map(String)
  const words = ["-n", ...counts, "-f", script, "-l", "--log-prefix", join(folder, "log"), url]
  const child = spawn("pgbench", words, { stdio: ["ignore", "pipe", "inherit"] })
  let output = ""
  child.stdout.on("data", (part: Buffer) => (output += part.toString()))
  const [status] = await once(child, "close")
  const failures = Number(/failed transactions: (\d+)/.exec(output)?.[1] ?? 0)
  const latencies = readLatencies(folder)
  return {
    count: latencies.length,
    failures: failures + (status === 0 ? 0 : 1),
    medianMs: findPercentile(latencies, 0.5),
    p95Ms: findPercentile(latencies, 0.95),
  }
}

/** Reads the logs: client, number, latency in microseconds, script, time, and lag. */
function readLatencies(folder: string): readonly number[] {
  const logs = readdirSync(folder).filter((name) => name.startsWith("log"))
  const lines = logs.flatMap((name) => readFileSync(join(folder, name), "utf8").trim().split("\n"))
  return lines.map((line) => Number(line.split(" ")[2]) / 1000).toSorted((a, b) => a - b)
}

function findPercentile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN
}
