import { copyFile, rm } from "node:fs/promises"
import { basename, dirname } from "node:path"

import { type Engine, FreshetError, type LandedFile } from "@freshet/core/engine"

import { buildLandedKey, getLandedKeyHash } from "../store/store-key.ts"
import type { Store } from "../store/store.ts"
import { hashContent } from "./content-hash.ts"
import type { LandingZone } from "./landing-zone.ts"

/** The landing zone, and the store of copies. */
interface CopyContext {
  readonly store: Store
  readonly landingZone: Pick<LandingZone, "localPath" | "hashBytes">
}

/** Creates a function that copies landed files to the store. Files with the same bytes share a copy, which is written and checked once. */
export function createLandedCopier(context: CopyContext): Engine["copyLanded"] {
  const copies = new Map<string, Promise<void>>()
  return async (source, file) => {
    const copy = file.copy ?? buildLandedKey(source.name, await context.landingZone.hashBytes(file))
    const copying = copies.get(copy) ?? storeCopy(context, file, copy)
    copies.set(copy, copying)
    copying.catch(() => copies.delete(copy))
    await copying
    return { ...file, copy }
  }
}

/** Finds the reason why the store cannot provide the copy of a landed file; undefined if it has its bytes. */
export async function findCopyFault(
  store: Store,
  copy: string,
): Promise<"missing" | "damaged" | undefined> {
  if (!(await store.exists(copy))) return "missing"
  return (await hashCopy(store, copy)) === getLandedKeyHash(copy) ? undefined : "damaged"
}

/** Hashes a copy; undefined if the store cannot provide its bytes. */
async function hashCopy(store: Store, copy: string): Promise<string | undefined> {
  try {
    return await hashFile(await store.localPath(copy))
  } catch (cause) {
    if (cause instanceof FreshetError) return undefined
    throw cause
  }
}

async function hashFile(path: string): Promise<string> {
  return (await hashContent(dirname(path), basename(path))).hash
}

async function storeCopy(context: CopyContext, file: LandedFile, copy: string): Promise<void> {
  const { store, landingZone } = context
  const fault = await findCopyFault(store, copy)
  if (fault === undefined) return
  const path = await store.tempPath(".landed")
  try {
    await copyFile(await landingZone.localPath(file), path)
    if ((await hashFile(path)) !== getLandedKeyHash(copy)) throw createChangedError(file)
    await store.commit(path, copy)
  } catch (cause) {
    throw file.copy === undefined ? cause : createLostCopyError(file, store.locate(copy), fault)
  } finally {
    await rm(path, { force: true })
  }
}

function createChangedError({ path }: LandedFile): FreshetError {
  return new FreshetError("input", `the landed file ${path} changed while the run went on`, {
    hint: "Run again; to be safe, land files under another name and rename them.",
  })
}

function createLostCopyError(
  { path }: LandedFile,
  location: string,
  fault: "missing" | "damaged",
): FreshetError {
  return new FreshetError(
    "store",
    `the copy of the landed file ${path}, to which the partition is pinned, is ${fault}: ${location}`,
    { hint: "Restore the copy, or run with --repin to read the files that are landed now." },
  )
}
