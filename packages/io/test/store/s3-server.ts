import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdirSync } from "node:fs"
import { readdir, readFile } from "node:fs/promises"
import { join, relative } from "node:path"

import { S3 } from "@aws-sdk/client-s3"

import { findFreePort, waitForPort } from "../local-port.ts"

/** A server that speaks the protocol of S3 over a folder. */
export interface S3Server {
  readonly endpoint: string
  readonly stop: () => Promise<void>
}

/** The name of the server's program, from PATH or FRESHET_TEST_S3. */
const program = process.env["FRESHET_TEST_S3"] ?? "versitygw"

/** Tests if the server is installed. */
export function isS3ServerInstalled(): boolean {
  return spawnSync(program, ["--version"]).status === 0
}

export const s3Credentials = { accessKeyId: "freshet", secretAccessKey: "freshet-secret" }

/** The environment variables of the server's clients. */
export function getS3Environment({ endpoint }: Pick<S3Server, "endpoint">) {
  return {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: s3Credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3Credentials.secretAccessKey,
  }
}

/** Creates a bucket. */
export async function createBucket(server: S3Server, bucket: string): Promise<void> {
  await createClient(server).createBucket({ Bucket: bucket })
}

/** Creates a client of the server. */
function createClient({ endpoint }: Pick<S3Server, "endpoint">): S3 {
  return new S3({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: s3Credentials,
  })
}

/** A place in the server: `prefix` is empty or ends with a slash. */
export interface ServerPlace {
  readonly server: Pick<S3Server, "endpoint">
  readonly bucket: string
  readonly prefix: string
}

/** Writes an object. */
export async function putObject(
  { server, bucket, prefix }: ServerPlace,
  key: string,
  body: string | Uint8Array,
): Promise<void> {
  await createClient(server).putObject({
    Bucket: bucket,
    Key: prefix + key,
    Body: Buffer.from(body),
  })
}

/** Gives a place the files of a folder: it writes all of them, and removes other objects. */
export async function mirrorFolder(place: ServerPlace, folder: string): Promise<void> {
  const { server, bucket, prefix } = place
  const client = createClient(server)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
  for (const path of paths) await putObject(place, path, await readFile(join(folder, path)))
  for await (const { Contents = [] } of client.paginateListObjectsV2({
    Bucket: bucket,
    Prefix: prefix,
  }))
    for (const { Key = "" } of Contents)
      if (!paths.includes(Key.slice(prefix.length)))
        await client.deleteObject({ Bucket: bucket, Key })
}

/** Starts a server on loopback whose buckets are the folders in `folder`. */
export async function startS3Server(folder: string): Promise<S3Server> {
  const [data, metadata] = [join(folder, "data"), join(folder, "metadata")]
  for (const path of [data, metadata]) mkdirSync(path, { recursive: true })
  const port = await findFreePort()
  const words = ["--port", `127.0.0.1:${port}`, "posix", "--sidecar", metadata, data]
  const child = spawn(program, words, {
    stdio: "ignore",
    env: {
      ...process.env,
      ROOT_ACCESS_KEY: s3Credentials.accessKeyId,
      ROOT_SECRET_KEY: s3Credentials.secretAccessKey,
    },
  })
  const hasExited = once(child, "exit")
  await waitForPort(port)
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill()
      await hasExited
    },
  }
}
