import { rm } from "node:fs/promises"
import { join } from "node:path"

import { FreshetError } from "@freshet/core/engine"

import type { DemoDataDocument } from "../documents/demo-data.ts"
import type { Services } from "../services.ts"
import { type ActivitySummary, type DemoScale, loadGenerators } from "./demo-generators.ts"

export const demoDataGroups = ["stocktwits", "movies"] as const

/** A group of assets for which files can be generated. */
export type DemoDataGroup = (typeof demoDataGroups)[number]

/** The files to generate; equal requests generate equal bytes. */
export interface DemoDataRequest {
  readonly days: number
  readonly scale: DemoScale
  readonly seed: number
  /** The last day. */
  readonly until: string
  /** The landing zone of the configuration unless given. */
  readonly landing?: string | undefined
  /** Removes the files of the group first. */
  readonly clean: boolean
  /** All groups unless given. */
  readonly group?: DemoDataGroup | undefined
}

/** Generates files in a landing zone. */
export async function landDemoData(
  services: Services,
  request: DemoDataRequest,
): Promise<DemoDataDocument> {
  const { group, clean, landing = services.config.landing } = request
  const landGroup = async <T>(name: DemoDataGroup, land: () => Promise<T>): Promise<T | null> => {
    if (group !== undefined && group !== name) return null
    if (clean) await rm(join(landing, name), { recursive: true, force: true })
    return land()
  }
  return {
    landing,
    stocktwits: await landGroup("stocktwits", async () =>
      toActivityDocument(await landActivity(services, request, landing)),
    ),
    movies: await landGroup("movies", async () =>
      toFilesDocument(await landFilms(services, request, landing)),
    ),
  }
}

async function landActivity(
  services: Services,
  { days, scale, seed, until }: DemoDataRequest,
  landing: string,
): Promise<ActivitySummary> {
  const { writeStocktwits } = await loadGenerators(services.config)
  const options = { days, scale, seed, until, landing, malformed: true, gaps: true }
  return writeStocktwits(options, ({ day, index }) => {
    rejectAborted(services, "Interrupted. The days written so far are complete.")
    services.emit({ kind: "demo_data_progress", item: `${day}: day ${index} of ${days}` })
  })
}

async function landFilms(
  services: Services,
  { scale, seed }: DemoDataRequest,
  landing: string,
): Promise<readonly { readonly bytes: number }[]> {
  const { writeMovies } = await loadGenerators(services.config)
  return writeMovies({ seed, scale, landing }, (path) => {
    rejectAborted(services, "Interrupted. The files written so far are complete.")
    services.emit({ kind: "demo_data_progress", item: path })
  })
}

function rejectAborted({ signal }: Services, message: string): void {
  if (signal.aborted) throw new FreshetError("interrupted", message)
}

function toActivityDocument({ files, bytes, ...summary }: ActivitySummary) {
  const { events, malformed, missingDays } = summary
  return { files: files.length, bytes, events, malformed, missing_days: missingDays }
}

function toFilesDocument(files: readonly { readonly bytes: number }[]) {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }
}
