import { createHash, hash } from "node:crypto"
import { createReadStream } from "node:fs"
import { rm } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { pipeline } from "node:stream/promises"

import { FreshetError, type LandedFile } from "@freshet/core/engine"

import { createObjectCache, type ObjectCache } from "../store/object-cache.ts"
import { memoizeS3Client } from "../store/s3-client.ts"
import {
  isFailedCondition,
  isMissingBucket,
  isMissingObject,
  throwS3Error,
} from "../store/s3-error.ts"
import { formatS3Url, parseS3Url } from "../store/s3-location.ts"
import { createS3Objects, type ListedObject, type S3Objects } from "../store/s3-objects.ts"
import type { S3StoreOptions } from "../store/s3-store.ts"
import { hashContent } from "./content-hash.ts"
import type { ListedFile } from "./hashed-file.ts"
import { maxHeaderBytes, parseHeaderLine } from "./header-line.ts"
import type { LandingZone, ListFolder } from "./landing-zone.ts"
import { createObjectListing } from "./listed-objects.ts"

/**
 * Opens a landing zone under a URL like `s3://bucket/prefix`. Objects are identified by ETag and size, which a listing
 * has; an object is downloaded when its bytes are read, once as long as the cache has room.
 */
export function openS3Landing(url: string, options: S3StoreOptions): LandingZone {
  const location = parseS3Url(url)
  const objects = createS3Objects(location, memoizeS3Client(options))
  const cache = createObjectCache(join(options.cacheFolder, "copies"), options.maxCacheBytes)
  const locate = (path?: string) => formatS3Url(location, path)
  const throwReadError = throwS3Error(`the landing zone cannot be read: ${url}`)
  const findHash = async (path: string) =>
    objects.head(path).then(hashIdentity).catch(ignoreMissing).catch(throwReadError)
  const provide = (file: LandedFile) =>
    provideObject(objects, cache, file, locate(file.path)).catch(throwReadError)
  return {
    locate,
    openListing: (folders) =>
      openListing(objects, folders).catch(ignoreMissingBucket).catch(throwReadError),
    missingHint: "Create the bucket, or set FRESHET_LANDING to the place where files are landed.",
    identify: async (file) => ({ ...file, hash: hashIdentity(toObject(file)) }),
    readHeader: (file) => readHeader(objects, file),
    localPath: provide,
    hashBytes: async (file) => {
      const path = await provide(file)
      return (await hashContent(dirname(path), basename(path))).hash
    },
    isUnchanged: async (file) => (await findHash(file.path)) === file.hash,
    exists: async (path) => (await findHash(path)) !== undefined,
    describeFiles: () => describeObjects(objects).catch(throwReadError),
    probe: async () => {
      await openListing(objects, [".probe"]).catch(throwReadError)
    },
  }
}

function ignoreMissing(cause: unknown): undefined {
  if (!isMissingObject(cause)) throw cause
}

function ignoreMissingBucket(cause: unknown): undefined {
  if (!isMissingBucket(cause)) throw cause
}

/** The bytes of an object are identified by its ETag, which a change of them changes, and its size. */
function hashIdentity({ etag, bytes }: Pick<ListedObject, "etag" | "bytes">): string {
  return hash("sha256", `object\n${etag.replaceAll('"', "")}\n${bytes}\n`)
}

function toObject({ identity, bytes }: ListedFile): Pick<ListedObject, "etag" | "bytes"> {
  return { etag: identity, bytes }
}

async function openListing(objects: S3Objects, folders: readonly string[]): Promise<ListFolder> {
  const files: ListedFile[] = []
  for (const folder of listOutermost(folders))
    for await (const page of objects.list(folder === "" ? "" : `${folder}/`))
      files.push(...page.map(toListedFile))
  return createObjectListing(files)
}

function toListedFile({ key, bytes, etag, modifiedMs }: ListedObject): ListedFile {
  return { path: key, bytes, identity: etag, changedMs: modifiedMs }
}

/** Leaves out folders inside of others. */
function listOutermost(folders: readonly string[]): readonly string[] {
  const isInside = (inner: string, outer: string) =>
    inner !== outer && (outer === "" || inner.startsWith(`${outer}/`))
  return [...new Set(folders)].filter((inner) => !folders.some((outer) => isInside(inner, outer)))
}

async function readHeader(objects: S3Objects, file: ListedFile): Promise<string | undefined> {
  try {
    const range = { Range: `bytes=0-${maxHeaderBytes - 1}`, IfMatch: file.identity }
    return await parseHeaderLine(await objects.get(file.path, range), file.path)
  } catch {
    return undefined
  }
}

/** Provides the local copy of the object that was observed. */
async function provideObject(
  objects: S3Objects,
  cache: ObjectCache,
  file: LandedFile,
  location: string,
): Promise<string> {
  return cache.provide({ key: location, identity: file.hash }, (path) =>
    downloadObserved(objects, file, path).catch((cause: unknown) => {
      if (!isMissingObject(cause) && !isFailedCondition(cause)) throw cause
      throw createChangedError(file)
    }),
  )
}

const downloadAttempts = 2

/** Downloads an object, again if its bytes do not have the MD5 of the upload. */
async function downloadObserved(objects: S3Objects, file: LandedFile, path: string): Promise<void> {
  const object = await objects.head(file.path)
  if (hashIdentity(object) !== file.hash) throw createChangedError(file)
  for (let attempt = 0; attempt < downloadAttempts; attempt += 1) {
    await rm(path, { force: true })
    await objects.download(file.path, object, path)
    if (object.md5 === undefined || object.md5 === (await computeMd5(path))) return
  }
  throw new FreshetError("store", `the object store returns damaged bytes of ${file.path}`, {
    hint: "Land the file again.",
  })
}

async function computeMd5(path: string): Promise<string> {
  const md5 = createHash("md5")
  await pipeline(createReadStream(path), md5)
  return md5.digest("hex")
}

function createChangedError({ path }: LandedFile): FreshetError {
  return new FreshetError("input", `the landed file ${path} changed while the run went on`, {
    hint: "Run again.",
  })
}

async function describeObjects(objects: S3Objects): Promise<string> {
  const lines: string[] = []
  for await (const page of objects.list(""))
    lines.push(...page.map(({ key, bytes, etag }) => `${key} ${bytes} ${etag}`))
  return lines.join("\n")
}
