import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, relative, sep } from "node:path"

import { FreshetError } from "@freshet/core/engine"
import { openS3LandingWriter, type S3LandingWriter } from "@freshet/io"

import { type Config, isObjectStoreUrl } from "../config.ts"
import type { DemoDataDocument } from "../documents/demo-data.ts"
import { getObjectStoreOptions } from "../object-store-options.ts"
import type { Services } from "../services.ts"
import { type ActivitySummary, type DemoScale, loadGenerators } from "./demo-generators.ts"

/** Lists the groups of assets for which files can be generated. */
export async function listDemoGroups(config: Pick<Config, "demo">): Promise<readonly string[]> {
  const { groups = {} } = await loadGenerators(config)
  return ["stocktwits", "movies", ...Object.keys(groups)]
}

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
  readonly group?: string | undefined
}

/** Generates files in a landing zone. */
export async function landDemoData(
  services: Services,
  request: DemoDataRequest,
): Promise<DemoDataDocument> {
  const { landing = services.config.landing, group } = request
  const groups = await listDemoGroups(services.config)
  if (group !== undefined && !groups.includes(group))
    throw new FreshetError("usage", `No files can be generated for the group ${group}.`, {
      hint: `The groups are ${groups.join(", ")}.`,
    })
  if (!isObjectStoreUrl(landing)) return generateFiles(services, request, landing)
  return landInObjectStore(services, request, landing)
}

/** Generates the files in a temporary folder and uploads them. */
async function landInObjectStore(
  services: Services,
  request: DemoDataRequest,
  url: string,
): Promise<DemoDataDocument> {
  const writer = openS3LandingWriter(url, getObjectStoreOptions(services.config))
  const folder = await mkdtemp(join(tmpdir(), "freshet-demo-"))
  try {
    const document = await generateFiles(services, request, folder)
    if (request.clean)
      for (const name of await listRequestedFolders(services, request))
        await writer.removeFolder(name)
    await uploadFolder(services, folder, writer)
    return { ...document, landing: url }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function uploadFolder(
  services: Services,
  folder: string,
  writer: S3LandingWriter,
): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    rejectAborted(services, "Interrupted. The files uploaded so far are complete.")
    const path = join(entry.parentPath, entry.name)
    const key = relative(folder, path).split(sep).join("/")
    services.emit({ kind: "demo_data_progress", item: `upload of ${key}` })
    await writer.put(key, path)
  }
}

/** Lists the folders of the landing zone that have the files of the requested groups. */
async function listRequestedFolders(
  { config }: Services,
  request: DemoDataRequest,
): Promise<readonly string[]> {
  const { groups: generators = {} } = await loadGenerators(config)
  return ["stocktwits", "movies", ...Object.keys(generators)]
    .filter((name) => isRequested(request, name))
    .flatMap((name) => generators[name]?.folders ?? [name])
}

function isRequested({ group }: DemoDataRequest, name: string): boolean {
  return group === undefined || group === name
}

async function generateFiles(
  services: Services,
  request: DemoDataRequest,
  folder: string,
): Promise<DemoDataDocument> {
  if (request.clean)
    for (const name of await listRequestedFolders(services, request))
      await rm(join(folder, name), { recursive: true, force: true })
  const landGroup = async <T>(name: string, land: () => Promise<T>): Promise<T | null> =>
    isRequested(request, name) ? land() : null
  const { groups: generators = {} } = await loadGenerators(services.config)
  const groups: Record<string, ReturnType<typeof toFilesDocument>> = {}
  for (const [name, { write }] of Object.entries(generators)) {
    const files = await landGroup(name, () =>
      write({ ...request, landing: folder }, createFileObserver(services)),
    )
    if (files !== null) groups[name] = toFilesDocument(files)
  }
  return {
    landing: folder,
    groups,
    stocktwits: await landGroup("stocktwits", async () =>
      toActivityDocument(await landActivity(services, request, folder)),
    ),
    movies: await landGroup("movies", async () =>
      toFilesDocument(await landFilms(services, request, folder)),
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
  return writeMovies({ seed, scale, landing }, createFileObserver(services))
}

/** Creates the function that reports each file, and stops if the command was interrupted. */
function createFileObserver(services: Services): (path: string) => void {
  return (path) => {
    rejectAborted(services, "Interrupted. The files written so far are complete.")
    services.emit({ kind: "demo_data_progress", item: path })
  }
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
