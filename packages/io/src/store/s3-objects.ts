import { createReadStream } from "node:fs"
import { type FileHandle, open, readFile, stat } from "node:fs/promises"
import type { Readable } from "node:stream"

import type { _Object, HeadObjectCommandOutput, S3 } from "@aws-sdk/client-s3"
import limitConcurrency from "p-limit"

import { isAnswer, isMissingObject } from "./s3-error.ts"
import type { S3Location } from "./s3-location.ts"
import type { StoredFile } from "./store.ts"

/** The requests that a store sends, with keys relative to its location. */
export interface S3Objects {
  /** Describes an object. Fails if there is none. */
  readonly head: (key: string) => Promise<ObjectDescription>
  /** Uploads a file, in parts if it is large. */
  readonly putFile: (
    key: string,
    path: string,
    metadata: Readonly<Record<string, string>>,
  ) => Promise<ObjectDescription>
  /** Writes a small object, unless one exists already. */
  readonly putIfAbsent: (key: string, text: string) => Promise<void>
  /** Writes an object of a size that fits into memory. */
  readonly putBytes: (key: string, bytes: Uint8Array) => Promise<void>
  readonly copy: (key: string, newKey: string) => Promise<void>
  readonly get: (key: string, part?: ObjectPart) => Promise<Readable>
  /** Downloads an object to a local file, large ones in parallel parts. Fails if the object changes meanwhile. */
  readonly download: (key: string, object: ObjectDescription, path: string) => Promise<void>
  /** Lists the objects whose keys begin with a prefix, in pages. */
  readonly list: (keyPrefix?: string) => AsyncIterable<readonly ListedObject[]>
  readonly remove: (keys: readonly string[]) => Promise<void>
  /** Aborts uploads that began before an instant. */
  readonly abortUploads: (beforeMs: number) => Promise<void>
}

/** The description of an object. */
export interface ObjectDescription {
  readonly bytes: number
  readonly etag: string
  readonly metadata: Readonly<Record<string, string>>
  /** The MD5 of the bytes, if the ETag is one. */
  readonly md5?: string | undefined
}

/** An object in a listing. */
export interface ListedObject extends StoredFile {
  readonly etag: string
}

/** A part of an object, and the ETag that it must have. */
export interface ObjectPart {
  readonly Range?: string
  readonly IfMatch?: string
}

const partBytes = 8 << 20
const partsAtOnce = 4
const uploadsAtOnce = 16

/** Creates the requests to a location. The client is created by the first request. */
export function createS3Objects(location: S3Location, getClient: () => Promise<S3>): S3Objects {
  const toObject = (key: string) => ({ Bucket: location.bucket, Key: location.prefix + key })
  const limitUploads = limitConcurrency(uploadsAtOnce)
  const get = async (key: string, part: ObjectPart = {}) => {
    const client = await getClient()
    const { Body } = await client.getObject({ ...toObject(key), ...part })
    return Body as Readable // in Node the body is a stream
  }
  return {
    get,
    head: async (key) => {
      const client = await getClient()
      const output = await client.headObject(toObject(key)).catch(async (cause: unknown) => {
        if (isMissingObject(cause)) await requireBucket(client, location)
        throw cause
      })
      return toDescription(output)
    },
    putFile: (key, path, metadata) =>
      limitUploads(async () => {
        const object = { ...toObject(key), Metadata: { ...metadata } }
        const { size } = await stat(path)
        const upload = size > 2 * partBytes ? uploadParts : uploadWhole
        return { bytes: size, etag: await upload(await getClient(), object, path), metadata }
      }),
    putIfAbsent: async (key, text) => {
      const client = await getClient()
      await client.putObject({ ...toObject(key), Body: Buffer.from(text), IfNoneMatch: "*" })
    },
    putBytes: async (key, bytes) => {
      const client = await getClient()
      await client.putObject({ ...toObject(key), Body: bytes })
    },
    copy: async (key, newKey) => {
      const client = await getClient()
      const CopySource = encodeURI(`${location.bucket}/${location.prefix}${key}`)
      await client.copyObject({ ...toObject(newKey), CopySource })
    },
    download: (key, object, path) =>
      downloadParts(path, object.bytes, (from, to) =>
        get(key, { Range: `bytes=${from}-${to}`, IfMatch: object.etag }),
      ),
    list: (keyPrefix = "") => listObjects(location, keyPrefix, getClient),
    remove: async (keys) => removeObjects(await getClient(), location, keys),
    abortUploads: async (beforeMs) => abortUploads(await getClient(), location, beforeMs),
  }
}

function toDescription(output: HeadObjectCommandOutput): ObjectDescription {
  const { ContentLength = 0, ETag = "", Metadata = {} } = output
  return { bytes: ContentLength, etag: ETag, metadata: Metadata, md5: findMd5(output) }
}

/** The ETag of an object that was uploaded in parts, or is encrypted with keys of a customer, is no MD5. */
function findMd5(output: HeadObjectCommandOutput): string | undefined {
  const { ETag = "", ServerSideEncryption = "AES256", SSECustomerAlgorithm } = output
  if (ServerSideEncryption !== "AES256" || SSECustomerAlgorithm !== undefined) return undefined
  return /^"?([0-9a-f]{32})"?$/.exec(ETag)?.[1]
}

interface UploadedObject {
  readonly Bucket: string
  readonly Key: string
  readonly Metadata: Record<string, string>
}

async function uploadWhole(client: S3, object: UploadedObject, path: string): Promise<string> {
  const Body = await readFile(path) // in memory, so that a failed request can be repeated
  const { ETag } = await client.putObject({ ...object, Body })
  return ETag ?? ""
}

/** Fails if the bucket does not exist: its absence looks like that of an object. */
async function requireBucket(client: S3, { bucket }: S3Location): Promise<void> {
  await client.headBucket({ Bucket: bucket }).catch((cause: unknown) => {
    if (!isMissingObject(cause)) throw cause
    throw Object.assign(new Error(`there is no bucket ${bucket}`), { name: "NoSuchBucket", cause })
  })
}

async function uploadParts(client: S3, object: UploadedObject, path: string): Promise<string> {
  const { Upload } = await import("@aws-sdk/lib-storage")
  const params = { ...object, Body: createReadStream(path) }
  const upload = new Upload({ client, params, partSize: partBytes, queueSize: partsAtOnce })
  const { ETag } = await upload.done()
  return ETag ?? ""
}

async function downloadParts(
  path: string,
  bytes: number,
  getPart: (from: number, to: number) => Promise<Readable>,
): Promise<void> {
  const file = await open(path, "wx")
  try {
    const offsets = Array.from({ length: Math.ceil(bytes / partBytes) }, (_, at) => at * partBytes)
    const remaining = offsets.values()
    const downloadNext = async () => {
      for (const from of remaining) {
        const to = Math.min(from + partBytes, bytes) - 1
        await repeatBroken(async () => writePart(file, from, to, await getPart(from, to)))
      }
    }
    await Promise.all(Array.from({ length: partsAtOnce }, downloadNext))
  } finally {
    await file.close()
  }
}

async function writePart(
  file: FileHandle,
  from: number,
  to: number,
  body: Readable,
): Promise<void> {
  let position = from
  for await (const chunk of body) {
    const part = chunk as Uint8Array // a stream without an encoding yields bytes
    await file.write(part, 0, part.length, position)
    position += part.length
  }
  if (position !== to + 1) throw new Error(`the connection ended after ${position} bytes`)
}

const bodyAttempts = 3

/** Repeats a download whose connection broke while the body arrived. The client itself repeats requests without an answer. */
async function repeatBroken(download: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await download()
    } catch (cause) {
      if (isAnswer(cause) || attempt === bodyAttempts) throw cause
    }
  }
}

async function* listObjects(
  { bucket, prefix }: S3Location,
  keyPrefix: string,
  getClient: () => Promise<S3>,
): AsyncGenerator<readonly ListedObject[]> {
  const client = await getClient()
  const pages = client.paginateListObjectsV2({ Bucket: bucket, Prefix: prefix + keyPrefix })
  for await (const { Contents = [] } of pages)
    yield Contents.map((object) => toListedObject(object, prefix))
}

function toListedObject(
  { Key = "", Size = 0, ETag = "", LastModified }: _Object,
  prefix: string,
): ListedObject {
  const modifiedMs = LastModified?.getTime() ?? 0
  return { key: Key.slice(prefix.length), bytes: Size, etag: ETag, modifiedMs }
}

const keysPerRequest = 1000

async function removeObjects(
  client: S3,
  { bucket, prefix }: S3Location,
  keys: readonly string[],
): Promise<void> {
  for (let from = 0; from < keys.length; from += keysPerRequest) {
    const Objects = keys.slice(from, from + keysPerRequest).map((key) => ({ Key: prefix + key }))
    const { Errors = [] } = await client.deleteObjects({
      Bucket: bucket,
      Delete: { Objects, Quiet: true },
    })
    const fault = Errors.find(({ Code }) => Code !== "NoSuchKey")
    if (fault !== undefined)
      throw Object.assign(new Error(fault.Message ?? ""), { name: fault.Code ?? "Error" })
  }
}

async function abortUploads(
  client: S3,
  { bucket, prefix }: S3Location,
  beforeMs: number,
): Promise<void> {
  let markers = {}
  for (;;) {
    const place = { Bucket: bucket, Prefix: prefix, ...markers }
    const { Uploads = [], ...page } = await client.listMultipartUploads(place)
    for (const { Key, UploadId, Initiated } of Uploads)
      if ((Initiated?.getTime() ?? 0) < beforeMs)
        await client.abortMultipartUpload({ Bucket: bucket, Key, UploadId })
    if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return
    markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
  }
}
