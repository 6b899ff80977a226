import { memoizeS3Client } from "../store/s3-client.ts"
import { throwS3Error } from "../store/s3-error.ts"
import { parseS3Url } from "../store/s3-location.ts"
import { createS3Objects } from "../store/s3-objects.ts"
import type { S3StoreOptions } from "../store/s3-store.ts"

/** Writes generated files to a landing zone in an object store. Runs only read it. */
export interface S3LandingWriter {
  /** Uploads a local file. */
  readonly put: (path: string, localPath: string) => Promise<void>
  /** Removes all files below a folder. */
  readonly removeFolder: (folder: string) => Promise<void>
}

/** Opens a writer to a URL like `s3://bucket/prefix`. */
export function openS3LandingWriter(url: string, options: S3StoreOptions): S3LandingWriter {
  const objects = createS3Objects(parseS3Url(url), memoizeS3Client(options))
  const throwWriteError = throwS3Error(`the landing zone cannot be written: ${url}`)
  const removeFolder = async (folder: string) => {
    for await (const page of objects.list(`${folder}/`))
      await objects.remove(page.map(({ key }) => key))
  }
  return {
    put: async (path, localPath) => {
      await objects.putFile(path, localPath, {}).catch(throwWriteError)
    },
    removeFolder: (folder) => removeFolder(folder).catch(throwWriteError),
  }
}
