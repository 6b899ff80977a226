import { existsSync, mkdirSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"

import { freshet } from "./freshet-process.ts"

/** How large made-up input is. */
export type Scale = "S" | "M"

const msPerDay = 86_400_000
const newest = Date.UTC(2026, 0, 10)

/** Of five days or more the generator leaves some out. */
const daysAtOnce = 4

/** Made-up input for so many days that end on 2026-01-10, none of them missing; made when it is not there yet. */
export function demoLanding(scale: Scale, days: number): string {
  const landing = join(homedir(), ".cache", "freshet-bench", `${days}-days-of-${scale}-seed-1`)
  if (existsSync(activityFile(landing, dayKey(0)))) return landing
  process.stdout.write(`Making the input of ${scale} in ${landing} …\n`)
  mkdirSync(landing, { recursive: true })
  const place = { home: join(landing, "home"), landing, databaseUrl: "" }
  for (let back = Math.max(0, days - daysAtOnce); ; back = Math.max(0, back - daysAtOnce)) {
    const sizes = ["--scale", scale, "--days", String(Math.min(days, daysAtOnce))]
    const words = ["demo-data", "--group", "stocktwits", ...sizes]
    const made = freshet([...words, "--until", dayKey(back), "--landing", landing], place)
    if (made.status !== 0) throw new Error(`\`freshet demo-data\` failed: ${made.stderr}`)
    if (back === 0) return landing
  }
}

/** The day so many days before the newest one: `2026-01-10`. */
export function dayKey(back: number): string {
  return new Date(newest - back * msPerDay).toISOString().slice(0, 10)
}

/** Where the log of a day lies. */
export function activityFile(landing: string, day: string): string {
  return join(landing, "stocktwits", "activity", `${day}.json`)
}
