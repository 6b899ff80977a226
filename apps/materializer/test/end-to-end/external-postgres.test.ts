import { join } from "node:path"

import { writeMoviesInSizes } from "@freshet/demo"
import { findInstalledPostgres, withInstalledPostgres } from "@freshet/embedded-postgres/testing"
import {
  findFreePort,
  getS3Environment,
  isS3ServerInstalled,
  mirrorFolder,
  type S3Server,
} from "@freshet/io/testing"
import { describe, expect, test } from "vitest"

import { expectDone, runFreshet } from "./freshet-process.ts"
import { readContents, withLedgerClient } from "./ledger-contents.ts"
import { allDays, declarePairs, environmentRows, run, withLandedPairs } from "./pairs.ts"
import { createRecs, readPublishedRows } from "./published-recs.ts"
import { readDataVersions, s3Bucket, withS3Bucket } from "./s3-bucket.ts"
import { landSmallInput } from "./small-input.ts"
import {
  createTestProject,
  type TestProject,
  withEmbeddedTestProject,
  withEnvironment,
} from "./test-project.ts"

const programs = findInstalledPostgres() ?? ""

/** Runs `work` with the URL of a server of the installed PostgreSQL. */
const withExternalPostgres = async (work: (url: string) => Promise<void>) =>
  withInstalledPostgres({ programs, port: await findFreePort() }, work)

test.skipIf(programs === "")(
  "an external PostgreSQL (skipped without Debian's) serves runs, publications, environments and promotions",
  () =>
    withExternalPostgres((url) =>
      withLandedPairs(async (declared) => {
        const project = {
          ...withEnvironment(declared, { DATABASE_URL: url }),
          withDatabase: <T>(work: (databaseUrl: string) => Promise<T>) => work(url),
        }
        await withLedgerClient(project, (client) => client.query(createRecs))
        await run(project, "materialize", "recs", ...allDays)
        expect(await readPublishedRows(project)).toEqual(["1 3 1"])
        const statistics = "select attname from pg_stats where tablename = 'recs' order by 1"
        expect(await readPublishedRows(project, statistics)).toEqual(["n", "r", "u"])
        await run(project, "env", "create", "pr-42")
        await project.declare(declarePairs(10))
        await run(project, "--env", "pr-42", "materialize", "recs", ...allDays)
        expect(await readPublishedRows(project, environmentRows)).toEqual(["1 3 10"])
        await run(project, "env", "promote", "pr-42")
        expect(await readPublishedRows(project)).toEqual(["1 3 10"])
        await run(project, "env", "drop", "pr-42", "--yes")
        await run(project, "gc", "--yes")
        await run(project, "verify", "--files")
      }),
    ),
)

const films = { films: 150, users: 60, ratings: 6_000, malformedEvery: 1_000_000 }

/** Lands files of every source of the demo. */
async function landDemo(project: TestProject): Promise<void> {
  await landSmallInput(project)
  await writeMoviesInSizes(films, { seed: 5, landing: project.landing })
}

/** Reads the data versions of all materializations, and the published rows. */
async function readResult(project: TestProject) {
  const { published } = await readContents(project)
  return { versions: await readDataVersions(project), published }
}

/** Describes the project with its landed files, the lake and the ledger elsewhere. */
async function moveProject(
  { folder, landing }: TestProject,
  server: S3Server,
  url: string,
): Promise<TestProject> {
  await mirrorFolder({ server, bucket: s3Bucket, prefix: "landing/" }, landing)
  return withEnvironment(createTestProject(folder, { DATABASE_URL: url }), {
    ...getS3Environment(server),
    FRESHET_HOME: join(folder, "external"),
    FRESHET_LAKE: `s3://${s3Bucket}/lake`,
    FRESHET_LANDING: `s3://${s3Bucket}/landing`,
  })
}

describe.skipIf(programs === "" || !isS3ServerInstalled())(
  "S3 and an external PostgreSQL (skipped without versitygw and Debian's PostgreSQL)",
  () => {
    test("the whole demo has the data versions and published rows of a folder and the embedded server", () =>
      withEmbeddedTestProject(async (embedded) => {
        await landDemo(embedded)
        expectDone(await runFreshet(embedded, "materialize"))
        const result = await readResult(embedded)
        const assets = new Set(result.versions.map(({ asset }) => asset))
        expect(assets.size).toBeGreaterThan(50)
        await withS3Bucket((server) =>
          withExternalPostgres(async (url) => {
            const project = await moveProject(embedded, server, url)
            expectDone(await runFreshet(project, "materialize"))
            expect(await readResult(project)).toEqual(result)
          }),
        )
      }))
  },
)
