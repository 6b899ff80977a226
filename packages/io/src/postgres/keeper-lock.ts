import { randomUUID } from "node:crypto"
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { isListening } from "./socket-probe.ts"

/** One keeper that holds, or held until it died, the right to own the server. */
export type KeeperRecord = {
  readonly generation: number
  readonly pid: number
  readonly socketPath: string
}

/**
 * Takes the right to own the server, or answers undefined if a living keeper has it.
 * Each holder publishes a record numbered one above its dead predecessor's; the highest number holds,
 * and it lives exactly as long as its socket listens, which the kernel ends with the process.
 */
export async function claimKeeperLock(
  keepersFolder: string,
  socketPath: string,
): Promise<number | undefined> {
  for (;;) {
    const newest = newestKeeper(keepersFolder)
    if (newest !== undefined && (await isListening(newest.socketPath))) return undefined
    const generation = (newest?.generation ?? 0) + 1
    if (!publish(keepersFolder, generation, socketPath)) continue
    // A rival may have died and been succeeded between our look and our claim.
    if (newestGeneration(keepersFolder) === generation) {
      forgetPredecessors(keepersFolder, generation)
      return generation
    }
    rmSync(recordPath(keepersFolder, generation), { force: true })
  }
}

/** The record of the keeper that holds the lock, or of the last one that did. */
export function newestKeeper(keepersFolder: string): KeeperRecord | undefined {
  const generation = newestGeneration(keepersFolder)
  return generation === 0 ? undefined : readRecord(keepersFolder, generation)
}

/** The number of the newest record, 0 if there has never been a keeper. */
export function newestGeneration(keepersFolder: string): number {
  return Math.max(0, ...generations(keepersFolder))
}

function generations(keepersFolder: string): readonly number[] {
  try {
    return readdirSync(keepersFolder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

/** A hard link appears whole or not at all, and fails if the name is taken. */
function publish(keepersFolder: string, generation: number, socketPath: string): boolean {
  const draft = join(keepersFolder, `draft-${randomUUID()}`)
  writeFileSync(draft, JSON.stringify({ pid: process.pid, socketPath }), { mode: 0o600 })
  try {
    linkSync(draft, recordPath(keepersFolder, generation))
    return true
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false
    throw cause
  } finally {
    rmSync(draft, { force: true })
  }
}

/** After a power cut a record may be empty; its number still counts, and its keeper is surely dead. */
function readRecord(keepersFolder: string, generation: number): KeeperRecord {
  try {
    const text = readFileSync(recordPath(keepersFolder, generation), "utf8")
    // Written whole by `publish`.
    const { pid, socketPath } = JSON.parse(text) as Omit<KeeperRecord, "generation">
    return { generation, pid, socketPath }
  } catch {
    return { generation, pid: 0, socketPath: join(keepersFolder, "nobody") }
  }
}

// Listing a folder is not atomic, so the latest records stay: a listing under way cannot miss them all.
const keptRecords = 8

function forgetPredecessors(keepersFolder: string, generation: number): void {
  for (const old of generations(keepersFolder)) {
    if (old > generation - keptRecords) continue
    const { socketPath } = readRecord(keepersFolder, old)
    rmSync(socketPath, { force: true })
    rmSync(recordPath(keepersFolder, old), { force: true })
  }
}

function recordPath(keepersFolder: string, generation: number): string {
  return join(keepersFolder, String(generation))
}
