import { existsSync, mkdirSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"

import { spawnFreshet } from "./freshet-process.ts"

/** Size of generated input. */
export type Scale = "S" | "M"

const msPerDay = 86_400_000
const newestMs = Date.UTC(2026, 0, 10)

/** The generator omits some of five days or more. */
const daysAtOnce = 4

/** Returns the folder of generated input for days up to 2026-01-10, none of them missing; generates it if it does not exist. */
export function createDemoLanding(scale: Scale, days: number): string {
  const landing = join(homedir(), ".cache", "freshet-bench", `${days}-days-of-${scale}-seed-1`)
  if (existsSync(getActivityPath(landing, toDayKey(0)))) return landing
  process.stdout.write(`Making the input of ${scale} in ${landing} …\n`)
  mkdirSync(landing, { recursive: true })
  const settings = { home: join(landing, "home"), landing, databaseUrl: "" }
  for (let back = Math.max(0, days - daysAtOnce); ; back = Math.max(0, back - daysAtOnce)) {
    const sizes = ["--scale", scale, "--days", String(Math.min(days, daysAtOnce))]
    const words = ["demo-data", "--group", "stocktwits", ...sizes]
    const result = spawnFreshet(
      [...words, "--until", toDayKey(back), "--landing", landing],
      settings,
    )
    if (result.status !== 0) throw new Error(`\`freshet demo-data\` failed: ${result.stderr}`)
    if (back === 0) return landing
  }
}

/** Formats the day so many days before the newest one, `2026-01-10`. */
export function toDayKey(back: number): string {
  return new Date(newestMs - back * msPerDay).toISOString().slice(0, 10)
}

/** Builds the path of the log of a day. */
export function getActivityPath(landing: string, day: string): string {
  return join(landing, "stocktwits", "activity", `${day}.json`)
}
