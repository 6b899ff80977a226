import { randomUUID } from "node:crypto"

import { FreshetError } from "@freshet/core/engine"

import type { LandingFiles, MovedFile } from "./landing-files.ts"
import { formatBatchPath, formatOffset, type PartitionBatch, type Route } from "./stream-batch.ts"
import type { TopicPartition } from "./stream-reader.ts"

/**
 * The journal of a partition of a topic, in a hidden folder of the landing zone. Each entry is one batch: it begins at
 * the offset at which the entry before it ended, its file is named by that offset, and it lists the staged files of the
 * batch. Creating the entry decides that the batch lands, and no other: the staged files are durable before it exists,
 * and moved to their final paths after it. An entry is only created once all files of the entry before it are moved, so
 * that after a crash only those of the newest one may remain to be moved.
 */
interface JournalEntry {
  /** The offset after the last one of the batch. */
  readonly next: number
  readonly files: readonly MovedFile[]
}

/** The newest entry of a journal, and the offset at which the next one begins. */
export interface JournalEnd {
  readonly next: number
  /** True before the first entry. */
  readonly isEmpty: boolean
}

/** The number of entries that remain. A lander that was paused meanwhile finds later ones than its own. */
const retainedEntries = 16

function getFolder({ topic, partition }: TopicPartition): string {
  return `.streams/${topic}/${partition}`
}

/** Moves the files that a killed lander has not moved, removes those that no entry lists, and returns where the journal ends. */
export async function recoverJournal(
  files: LandingFiles,
  topicPartition: TopicPartition,
): Promise<JournalEnd> {
  const folder = getFolder(topicPartition)
  const newest = (await files.list(`${folder}/journal`)).at(-1)
  if (newest === undefined) return { next: 0, isEmpty: true }
  const entry = await readEntry(files, `${folder}/journal/${newest}`)
  await files.move(entry.files)
  await removeAbandoned(files, folder, entry)
  return { next: entry.next, isEmpty: false }
}

async function readEntry(files: LandingFiles, path: string): Promise<JournalEntry> {
  const entry: unknown = JSON.parse(await files.read(path))
  return entry as JournalEntry // only a lander writes entries, whole ones
}

/** Removes staged files that can no longer land: a later entry exists, or another one for the same offset. */
async function removeAbandoned(
  files: LandingFiles,
  folder: string,
  entry: JournalEntry,
): Promise<void> {
  const staged = await files.list(`${folder}/staged`)
  const listed = new Set(entry.files.map((file) => file.staged))
  const end = formatOffset(entry.next)
  const abandoned = staged
    .filter((name) => name < end)
    .map((name) => `${folder}/staged/${name}`)
    .filter((path) => !listed.has(path))
  if (abandoned.length > 0) await files.remove(abandoned)
}

/** Lands a batch. Throws FreshetError "moved" if another lander has landed messages of it: then nothing of it lands here. */
export async function landBatch(
  files: LandingFiles,
  route: Pick<Route, "source">,
  batch: PartitionBatch,
): Promise<readonly string[]> {
  const folder = getFolder(batch)
  const name = `${formatOffset(batch.from)}.json`
  if (await hasLaterEntries(files, folder, name, "same or later")) throw createMovedError(batch)
  const staged = await stageFiles(files, route, batch)
  const entry: JournalEntry = { next: batch.next, files: staged }
  const isCreated = await createEntry(files, `${folder}/journal/${name}`, entry)
  // A lander that was paused for long can create an entry that was removed: later ones exist.
  if (!isCreated || (await hasLaterEntries(files, folder, name, "later"))) {
    await files.remove(staged.map((file) => file.staged))
    throw createMovedError(batch)
  }
  await files.move(staged)
  await removeOldEntries(files, folder)
  return staged.map(({ path }) => path)
}

/** Creates an entry. An object store that repeats a request without an answer may find the entry that the first one created. */
async function createEntry(
  files: LandingFiles,
  path: string,
  entry: JournalEntry,
): Promise<boolean> {
  if (await files.createIfAbsent(path, JSON.stringify(entry))) return true
  const existing = await readEntry(files, path)
  return existing.files[0]?.staged === entry.files[0]?.staged
}

async function hasLaterEntries(
  files: LandingFiles,
  folder: string,
  name: string,
  order: "later" | "same or later",
): Promise<boolean> {
  const newest = (await files.list(`${folder}/journal`)).at(-1) ?? ""
  return newest > name || (order === "same or later" && newest === name)
}

function createMovedError({ topic, partition }: TopicPartition): FreshetError {
  return new FreshetError("moved", `Another process landed messages of ${topic} ${partition}.`)
}

async function stageFiles(
  files: LandingFiles,
  { source }: Pick<Route, "source">,
  batch: PartitionBatch,
): Promise<readonly MovedFile[]> {
  const prefix = `${getFolder(batch)}/staged/${formatOffset(batch.from)}-${randomUUID()}`
  return Promise.all(
    [...batch.files].map(async ([index, file]) => {
      const staged = `${prefix}-${formatOffset(file.first)}`
      await files.write(staged, file.lines)
      return { staged, path: formatBatchPath(source, batch, index, file) }
    }),
  )
}

async function removeOldEntries(files: LandingFiles, folder: string): Promise<void> {
  const names = await files.list(`${folder}/journal`)
  const old = names.slice(0, -retainedEntries)
  if (old.length > 0) await files.remove(old.map((name) => `${folder}/journal/${name}`))
}
