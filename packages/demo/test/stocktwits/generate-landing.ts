import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import type { StocktwitsDemoOptions, StocktwitsDemoSizes } from "../../src/stocktwits/options.ts"
import type { StocktwitsDemoSummary } from "../../src/stocktwits/summary.ts"
import { writeStocktwitsInSizes } from "../../src/stocktwits/write-stocktwits.ts"

export interface GeneratedLanding {
  readonly summary: StocktwitsDemoSummary
  /** Content by path inside the landing zone. */
  readonly files: ReadonlyMap<string, string>
}

/** One line of an activity file that has every field of its action. */
export type EventLine =
  | {
      readonly action: "message"
      readonly message_id: number
      readonly user_id: number
      readonly room_id: number
      readonly mention_ids: string
      readonly timestamp: string
    }
  | {
      readonly action: "like"
      readonly user_id: number
      readonly message_id: number
      readonly timestamp: string
    }
  | {
      readonly action: "follow"
      readonly user_id: number
      readonly following_user_id: number
      readonly timestamp: string
    }
  | {
      readonly action: "subscribe"
      readonly user_id: number
      readonly room_id: number
      readonly timestamp: string
    }

export const smallSizes: StocktwitsDemoSizes = {
  users: 1_000,
  rooms: 200,
  eventsPerWeek: 42_000,
  malformedEvery: 400,
}

/** Generates into a folder of its own, reads every file, and removes the folder. */
export async function generateLanding(
  changes: Partial<StocktwitsDemoOptions> = {},
): Promise<GeneratedLanding> {
  const landing = await mkdtemp(join(tmpdir(), "freshet-demo-data-"))
  try {
    const options = { ...smallOptions, landing, ...changes }
    const summary = await writeStocktwitsInSizes(smallSizes, options)
    return { summary, files: await readFiles(landing) }
  } finally {
    await rm(landing, { recursive: true })
  }
}

export const smallOptions: Omit<StocktwitsDemoOptions, "landing"> = {
  days: 7,
  scale: "S",
  seed: 7,
  until: "2026-01-10",
  malformed: false,
  gaps: false,
}

/** The activity files' lines, by day. */
export function groupLinesByDay({ files }: GeneratedLanding): Map<string, string[]> {
  const days = new Map<string, string[]>()
  for (const [path, content] of files) {
    const match = /^stocktwits\/activity\/(.*)\.json$/.exec(path)
    if (match?.[1] !== undefined) days.set(match[1], content.split("\n").slice(0, -1))
  }
  return days
}

const actionFields = {
  message: ["message_id", "user_id", "room_id", "mention_ids", "timestamp"],
  like: ["user_id", "message_id", "timestamp"],
  follow: ["user_id", "following_user_id", "timestamp"],
  subscribe: ["user_id", "room_id", "timestamp"],
}

/** The event that a line declares; undefined when the line is malformed. */
export function findEvent(line: string): EventLine | undefined {
  const parsed = findJson(line)
  const fields = Object.entries(actionFields).find(([action]) => action === parsed?.["action"])?.[1]
  if (parsed === undefined || fields === undefined) return undefined
  const names = Object.keys(parsed).filter((name) => name !== "action")
  const isDeclared =
    names.join() === fields.join() && names.every((name) => isFieldValue(name, parsed[name]))
  // Every field of the action is there and of its type.
  return isDeclared ? (parsed as unknown as EventLine) : undefined
}

function isFieldValue(name: string, value: unknown): boolean {
  if (name === "timestamp" || name === "mention_ids") return typeof value === "string"
  return Number.isSafeInteger(value)
}

function findJson(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

async function readFiles(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.path, entry.name))
  const contents = await Promise.all(paths.map((path) => readFile(path, "utf8")))
  return new Map(paths.map((path, index) => [path.slice(folder.length + 1), contents[index] ?? ""]))
}
