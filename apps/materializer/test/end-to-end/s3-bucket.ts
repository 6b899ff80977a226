import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { createBucket, type S3Server, startS3Server } from "@freshet/io/testing"

import { withLedgerClient } from "./ledger-contents.ts"
import type { TestProject } from "./test-project.ts"

/** The bucket of a test's server. */
export const s3Bucket = "freshet-test"

/** Runs `work` with a server of an object store that has a bucket, and the folder in which it stores the objects. */
export async function withS3Bucket(
  work: (server: S3Server, folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "freshet-s3-"))
  const server = await startS3Server(folder)
  try {
    await createBucket(server, s3Bucket)
    await work(server, join(folder, "data", s3Bucket))
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true })
  }
}

/** Reads the data versions of all materializations. */
export async function readDataVersions(
  project: Pick<TestProject, "withDatabase">,
): Promise<readonly unknown[]> {
  return withLedgerClient(project, async (client) => {
    const { rows } = await client.query<object>(
      "select asset, partition, data_version from freshet.materializations order by 1, 2, 3",
    )
    return rows
  })
}
