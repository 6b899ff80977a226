import { text } from "node:stream/consumers"

import { memoizeS3Client } from "../store/s3-client.ts"
import { isFailedCondition, isMissingObject, throwS3Error } from "../store/s3-error.ts"
import { parseS3Url } from "../store/s3-location.ts"
import { createS3Objects, type S3Objects } from "../store/s3-objects.ts"
import type { S3StoreOptions } from "../store/s3-store.ts"
import type { LandingFiles, MovedFile } from "./landing-files.ts"

/** Opens the files of a landing zone under a URL like `s3://bucket/prefix`. An object appears with all its bytes or not at all. */
export function openS3LandingFiles(url: string, options: S3StoreOptions): LandingFiles {
  const objects = createS3Objects(parseS3Url(url), memoizeS3Client(options))
  const throwWriteError = throwS3Error(`the landing zone cannot be written: ${url}`)
  const read = async (path: string) => text(await objects.get(path))
  return {
    list: (folder) => listNames(objects, folder).catch(throwWriteError),
    read: (path) => read(path).catch(throwWriteError),
    write: (path, content) => objects.putBytes(path, Buffer.concat(content)).catch(throwWriteError),
    createIfAbsent: (path, content) =>
      objects
        .putIfAbsent(path, content)
        .then(() => true)
        .catch(ignoreExisting)
        .catch(throwWriteError),
    move: (files) => moveObjects(objects, files).catch(throwWriteError),
    remove: (paths) => objects.remove(paths).catch(throwWriteError),
  }
}

function ignoreExisting(cause: unknown): false {
  if (!isFailedCondition(cause)) throw cause
  return false
}

async function listNames(objects: S3Objects, folder: string): Promise<readonly string[]> {
  const names: string[] = []
  for await (const page of objects.list(`${folder}/`))
    names.push(...page.map(({ key }) => key.slice(folder.length + 1)))
  return names.toSorted()
}

/** An object is moved by a copy. Another process that moves it at the same time makes the same copy. */
async function moveObjects(objects: S3Objects, files: readonly MovedFile[]): Promise<void> {
  const copy = ({ staged, path }: MovedFile) =>
    objects.copy(staged, path).catch((cause: unknown) => {
      if (!isMissingObject(cause)) throw cause
    })
  await Promise.all(files.map(copy))
  if (files.length > 0) await objects.remove(files.map(({ staged }) => staged))
}
