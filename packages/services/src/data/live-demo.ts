import { appendFile, readdir, readFile, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"

import { FreshetError, parseDay } from "@freshet/core/engine"

import { isObjectStoreUrl } from "../config.ts"
import type { Services } from "../services.ts"
import { landDemoData } from "./land-demo-data.ts"

/** The kinds of files that land in turn: a further day, a late file of a past day, a bad file. */
export type LiveFileKind = "day" | "late" | "bad"

/** A demo in which files land while the page is open. */
export interface LiveDemo {
  /** The clock of the project: the day after the newest landed one, but never later than the real clock. */
  readonly nowMs: () => number
  /** Reads the newest landed day, so that the clock is right. */
  readonly start: () => Promise<void>
  /** Lands a file after each interval until the signal is aborted. */
  readonly run: (options: LiveDemoOptions) => Promise<void>
}

/** The pace of a live demo, and the work after each file. */
export interface LiveDemoOptions {
  readonly services: Services
  readonly intervalMs: number
  readonly onLanded: (kind: LiveFileKind) => Promise<void>
}

const dayMs = 24 * 60 * 60 * 1000

/** The number of days that a live demo starts before the real clock. */
export const liveDemoDays = 30

const kinds: readonly LiveFileKind[] = ["day", "late", "bad"]

/** Creates a live demo over a landing zone in a folder. */
export function createLiveDemo(landing: string): LiveDemo {
  if (isObjectStoreUrl(landing))
    throw new FreshetError("usage", "A live demo lands files in a folder.", {
      hint: "Set FRESHET_LANDING to a folder, or leave --live out.",
    })
  let newestDay: number | undefined
  const start = async () => {
    newestDay = await findNewestDay(landing)
  }
  return {
    start,
    nowMs: () => computeClock(newestDay, Date.now()),
    run: async ({ services, intervalMs, onLanded }) => {
      for (let count = 0; ; count += 1) {
        await delay(intervalMs, undefined, { signal: services.signal }).catch(() => {})
        if (services.signal.aborted) return
        const kind = kinds[count % kinds.length] ?? "day"
        await landFile({ services, landing, newestDay }, kind)
        await start()
        await onLanded(kind)
      }
    },
  }
}

/** Moves the real clock back to the day after the newest landed one. */
export function computeClock(newestDay: number | undefined, realMs: number): number {
  if (newestDay === undefined) return realMs
  return Math.min(realMs, (newestDay + 1) * dayMs + (realMs % dayMs))
}

interface LiveLanding {
  readonly services: Services
  readonly landing: string
  readonly newestDay: number | undefined
}

async function landFile(live: LiveLanding, kind: LiveFileKind): Promise<void> {
  const { services, landing, newestDay } = live
  if (newestDay === undefined) return
  switch (kind) {
    case "day": {
      await repairPriceIndex(landing)
      const isAhead = (newestDay + 2) * dayMs > Date.now() // the next day has not ended
      if (isAhead) return
      const until = toDayKey(newestDay + 1)
      const request = { days: 1, scale: "S", seed: 1, clean: false, group: "stocktwits" } as const
      return void (await landDemoData(services, { ...request, until }))
    }
    case "late":
      return appendFile(getActivityPath(landing, newestDay - 1), createLateLine(newestDay - 1))
    case "bad":
      return damagePriceIndex(landing)
  }
}

async function findNewestDay(landing: string): Promise<number | undefined> {
  const names = await readdir(join(landing, "stocktwits/activity")).catch(() => [])
  const days = names.flatMap((name) => parseDay(name.replace(/\.json$/, "")) ?? [])
  return days.length === 0 ? undefined : Math.max(...days)
}

function toDayKey(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

function getActivityPath(landing: string, day: number): string {
  return join(landing, "stocktwits/activity", `${toDayKey(day)}.json`)
}

/** Creates a line that arrived after its file; its second differs each time. */
function createLateLine(day: number): string {
  const time = new Date(day * dayMs + (Date.now() % dayMs)).toISOString()
  const event = { action: "follow", user_id: 1, following_user_id: 2, timestamp: time }
  return `${JSON.stringify(event)}\n`
}

/** Repeats the last month of the price index, which its check refuses. */
async function damagePriceIndex(landing: string): Promise<void> {
  const { path, lines } = await readPriceIndex(landing)
  const last = lines.at(-1)
  if (path !== undefined && last !== undefined) await replaceFile(path, [...lines, last])
}

/** Removes the repeated month. */
async function repairPriceIndex(landing: string): Promise<void> {
  const { path, lines } = await readPriceIndex(landing)
  const uniqueLines = [...new Set(lines)]
  if (path !== undefined && uniqueLines.length < lines.length) await replaceFile(path, uniqueLines)
}

/** Reads the lines of the price index; no path when it has not landed. */
async function readPriceIndex(landing: string) {
  const path = join(landing, "movies/consumer_price_index.csv")
  const text = await readFile(path, "utf8").catch(() => undefined)
  const lines = (text ?? "").split("\n").filter((line) => line !== "")
  return { path: text === undefined ? undefined : path, lines }
}

/** Replaces a file at once, so that no reader sees a part of it. */
async function replaceFile(path: string, lines: readonly string[]): Promise<void> {
  await writeFile(`${path}.part`, `${lines.join("\n")}\n`)
  await rename(`${path}.part`, path)
}
