import { randomUUID } from "node:crypto"
import { createReadStream } from "node:fs"
import { rm } from "node:fs/promises"
import { join, resolve } from "node:path"

import { FreshetError } from "@freshet/core/engine"

import { computeFileChecksum } from "./checksum.ts"
import { createObjectCache, type ObjectCache } from "./object-cache.ts"
import { memoizeS3Client, type S3Settings } from "./s3-client.ts"
import { isFailedCondition, isMissingObject, throwS3Error, throwS3ReadError } from "./s3-error.ts"
import { formatS3Url, parseS3Url } from "./s3-location.ts"
import { createS3Objects, type ObjectDescription, type S3Objects } from "./s3-objects.ts"
import { isValidKey, requireValidKey } from "./store-key.ts"
import type { CommittedFile, FileMeasure, Store, StoredFile } from "./store.ts"
import { openTempFolder } from "./temp-files.ts"

/** The options of a store in an object store. */
export interface S3StoreOptions extends S3Settings {
  /** The local folder of copies and temporary files. */
  readonly cacheFolder: string
  /** The size from which on the copies that were not used for longest are removed. */
  readonly maxCacheBytes: number
}

/** A file whose downloads do not have the checksum of its upload. */
class DamagedObjectError extends FreshetError {
  readonly measure: FileMeasure
  constructor(key: string, measure: FileMeasure) {
    super("store", `the store has damaged bytes of ${key}`, {
      hint: "Verify the stored files, so that the next run rebuilds it.",
    })
    this.measure = measure
  }
}

/** The object of the owner. No key begins with a dot, so that it cannot collide with a step's file. */
const ownerKey = ".owner"

/** The age from which on an unfinished upload was abandoned. */
const abandonedMs = 24 * 60 * 60_000

/**
 * Creates a store under a URL like `s3://bucket/prefix`. An object appears with all its bytes or not at all. Files are
 * read from local copies, whose checksums are compared with those of the upload.
 */
export function openS3Store(url: string, options: S3StoreOptions): Store {
  const location = parseS3Url(url)
  const objects = createS3Objects(location, memoizeS3Client(options))
  const cache = createObjectCache(join(options.cacheFolder, "copies"), options.maxCacheBytes)
  const tempFolder = resolve(options.cacheFolder, "tmp")
  const tempFiles = openTempFolder(tempFolder)
  const findObject = async (key: string) =>
    objects.head(requireValidKey(key)).catch(ignoreMissing).catch(throwS3ReadError(key))
  return {
    tempPath: (suffix) =>
      tempFiles
        .createPath(suffix)
        .catch(throwS3Error(`temporary files cannot be written: ${tempFolder}`)),
    commit: async (path, key) =>
      commitObject(objects, cache, { path, key: requireValidKey(key) }).catch(
        throwS3Error(`the store cannot keep ${key}`),
      ),
    localPath: async (key) => {
      const copy = provideCopy(objects, cache, requireValidKey(key))
      return (await copy.catch(throwS3ReadError(key))).path
    },
    read: (key) => readCopy(objects, cache, key),
    locate: (key) => formatS3Url(location, key === undefined ? undefined : requireValidKey(key)),
    exists: async (key) => (await findObject(key)) !== undefined,
    identify: async (key) => {
      const object = await findObject(key)
      return object && identify(object)
    },
    measure: async (key) =>
      measureObject(objects, cache, requireValidKey(key)).catch(throwS3ReadError(key)),
    list: () => listFiles(objects),
    remove: async (keys) =>
      objects
        .remove(keys.map(requireValidKey))
        .catch(throwS3Error("the store cannot remove files")),
    owner: () => readOwner(objects).catch(throwS3Error(`the store cannot be read: ${url}`)),
    claim: (owner) =>
      claim(objects, owner).catch(throwS3Error(`the store cannot be written: ${url}`)),
    probe: () => writeProbe(objects).catch(throwS3Error(`the store cannot be written: ${url}`)),
    measureTemp: tempFiles.measure,
    mayHaveTemp: async () => true, // uploads that were interrupted
    removeTemp: async () => {
      await objects
        .abortUploads(Date.now() - abandonedMs)
        .catch(throwS3Error(`the store cannot be swept: ${url}`))
      return tempFiles.remove()
    },
  }
}

function ignoreMissing(cause: unknown): undefined {
  if (!isMissingObject(cause)) throw cause
}

/** Identifies an object: its bytes by the ETag, and its upload by a number that each commit draws. */
function identify({ bytes, etag, metadata }: ObjectDescription): string {
  return `${bytes} ${etag} ${metadata["upload"] ?? ""}`
}

async function commitObject(
  objects: S3Objects,
  cache: ObjectCache,
  { path, key }: { readonly path: string; readonly key: string },
): Promise<CommittedFile> {
  const checksum = await computeFileChecksum(path)
  const object = await objects.putFile(key, path, { checksum, upload: randomUUID() })
  const identity = identify(object)
  await cache.adopt({ key, identity }, path)
  return { bytes: object.bytes, checksum, identity }
}

/** Provides the local copy of a file, which is downloaded unless it exists. */
async function provideCopy(objects: S3Objects, cache: ObjectCache, key: string) {
  const object = await objects.head(key)
  const identity = identify(object)
  const path = await cache.provide({ key, identity }, (temporaryPath) =>
    downloadIntact(objects, key, object, temporaryPath),
  )
  return { path, identity }
}

const downloadAttempts = 2

/** Downloads a file, again if the checksum is not that of the upload. Fails if it differs each time. */
async function downloadIntact(
  objects: S3Objects,
  key: string,
  object: ObjectDescription,
  path: string,
): Promise<void> {
  const { checksum: uploadChecksum } = object.metadata
  let checksum = ""
  for (let attempt = 0; attempt < downloadAttempts; attempt += 1) {
    await rm(path, { force: true })
    await objects.download(key, object, path)
    if (uploadChecksum === undefined) return
    checksum = await computeFileChecksum(path)
    if (checksum === uploadChecksum) return
  }
  throw new DamagedObjectError(key, { checksum, identity: identify(object) })
}

/** Reads a file in full; a damaged one has the checksum of its download. */
async function measureObject(
  objects: S3Objects,
  cache: ObjectCache,
  key: string,
): Promise<FileMeasure | undefined> {
  try {
    const { path, identity } = await provideCopy(objects, cache, key)
    return { checksum: await computeFileChecksum(path), identity }
  } catch (cause) {
    if (cause instanceof DamagedObjectError) return cause.measure
    return ignoreMissing(cause)
  }
}

async function* readCopy(
  objects: S3Objects,
  cache: ObjectCache,
  key: string,
): AsyncGenerator<Uint8Array> {
  const { path } = await provideCopy(objects, cache, requireValidKey(key)).catch(
    throwS3ReadError(key),
  )
  yield* createReadStream(path) as AsyncIterable<Uint8Array> // a stream without an encoding yields bytes
}

async function* listFiles(objects: S3Objects): AsyncGenerator<readonly StoredFile[]> {
  try {
    for await (const page of objects.list()) {
      const files = page.filter(({ key }) => isValidKey(key))
      if (files.length > 0) yield files
    }
  } catch (cause) {
    throwS3Error("the store cannot list its files")(cause)
  }
}

async function readOwner(objects: S3Objects): Promise<string | undefined> {
  const body = await objects.get(ownerKey).catch(ignoreMissing)
  if (body === undefined) return undefined
  const parts: Buffer[] = []
  for await (const part of body) parts.push(part as Buffer) // a stream without an encoding yields bytes
  return Buffer.concat(parts).toString("utf8").trim()
}

const claimAttempts = 5

/** Claims the store; of concurrent callers one wins, because the object is written only if it is absent. */
async function claim(objects: S3Objects, owner: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const currentOwner = await readOwner(objects)
    if (currentOwner !== undefined) return currentOwner
    try {
      await objects.putIfAbsent(ownerKey, `${owner}\n`)
      return owner
    } catch (cause) {
      // Another caller has won, or is about to and may fail.
      if (!isFailedCondition(cause) || attempt === claimAttempts) throw cause
    }
  }
}

async function writeProbe(objects: S3Objects): Promise<void> {
  const key = `.probe-${randomUUID()}`
  await objects.putIfAbsent(key, "")
  await objects.remove([key])
}
