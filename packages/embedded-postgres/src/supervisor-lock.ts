import { randomUUID } from "node:crypto"
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { isListening } from "./socket-probe.ts"

/** A supervisor that owns the supervisor lock, or owned it until it died. */
export type SupervisorRecord = {
  readonly generation: number
  readonly pid: number
  readonly socketPath: string
}

/**
 * Claims the supervisor lock, or returns undefined if a living supervisor owns it. Each owner publishes a
 * record with a number one above its dead predecessor's. The highest number owns the lock, as long as its
 * socket listens; the kernel closes the socket with the process.
 */
export async function claimSupervisorLock(
  supervisorsFolder: string,
  socketPath: string,
): Promise<number | undefined> {
  for (;;) {
    const newest = findNewestSupervisor(supervisorsFolder)
    if (newest !== undefined && (await isListening(newest.socketPath))) return undefined
    const generation = (newest?.generation ?? 0) + 1
    if (!publishRecord(supervisorsFolder, generation, socketPath)) continue
    // Another supervisor may have died and been replaced since the record was read.
    if (findNewestGeneration(supervisorsFolder) === generation) {
      removeOldRecords(supervisorsFolder, generation)
      return generation
    }
    rmSync(buildRecordPath(supervisorsFolder, generation), { force: true })
  }
}

/** Reads the record of the current or last owner of the supervisor lock. */
export function findNewestSupervisor(supervisorsFolder: string): SupervisorRecord | undefined {
  const generation = findNewestGeneration(supervisorsFolder)
  return generation === 0 ? undefined : readRecord(supervisorsFolder, generation)
}

/** Returns the number of the newest record; 0 before the first supervisor. */
export function findNewestGeneration(supervisorsFolder: string): number {
  return Math.max(0, ...listGenerations(supervisorsFolder))
}

function listGenerations(supervisorsFolder: string): readonly number[] {
  try {
    return readdirSync(supervisorsFolder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

/** Publishes a record through a hard link, which is atomic and fails if the name exists. */
function publishRecord(supervisorsFolder: string, generation: number, socketPath: string): boolean {
  const draft = join(supervisorsFolder, `draft-${randomUUID()}`)
  writeFileSync(draft, JSON.stringify({ pid: process.pid, socketPath }), { mode: 0o600 })
  try {
    linkSync(draft, buildRecordPath(supervisorsFolder, generation))
    return true
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false
    throw cause
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Reads a record. After a power cut it may be empty: its number still counts, and its supervisor is dead. */
function readRecord(supervisorsFolder: string, generation: number): SupervisorRecord {
  try {
    const text = readFileSync(buildRecordPath(supervisorsFolder, generation), "utf8")
    // Written whole by `publish`.
    const { pid, socketPath } = JSON.parse(text) as Omit<SupervisorRecord, "generation">
    return { generation, pid, socketPath }
  } catch {
    return { generation, pid: 0, socketPath: join(supervisorsFolder, "nobody") }
  }
}

// Listing a folder is not atomic, so the latest records stay: a listing under way cannot miss them all.
const retainedRecords = 8

function removeOldRecords(supervisorsFolder: string, generation: number): void {
  for (const oldGeneration of listGenerations(supervisorsFolder)) {
    if (oldGeneration > generation - retainedRecords) continue
    const { socketPath } = readRecord(supervisorsFolder, oldGeneration)
    rmSync(socketPath, { force: true })
    rmSync(buildRecordPath(supervisorsFolder, oldGeneration), { force: true })
  }
}

function buildRecordPath(supervisorsFolder: string, generation: number): string {
  return join(supervisorsFolder, String(generation))
}
