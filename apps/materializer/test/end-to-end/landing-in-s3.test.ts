import { readdirSync, rmSync } from "node:fs"
import { join } from "node:path"

import {
  getS3Environment,
  isS3ServerInstalled,
  mirrorFolder,
  putObject,
  type ServerPlace,
} from "@freshet/io/testing"
import { describe, expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { withExternalPostgres } from "./external-postgres.ts"
import { expectDone, readFreshetJson, runFreshet } from "./freshet-process.ts"
import { withLedgerClient } from "./ledger-contents.ts"
import { bothDays, declareHistory, history, landPrice } from "./price-history.ts"
import { landRaw, readPublishedRows, withPublishedRecs } from "./published-recs.ts"
import { readDataVersions, s3Bucket, withS3Bucket } from "./s3-bucket.ts"
import { allShopDays, declareShop, withShop } from "./shop.ts"
import {
  type TestProject,
  withEmbeddedTestProject,
  withEnvironment,
  withTestProject,
} from "./test-project.ts"

const landingUrl = `s3://${s3Bucket}/landing`

/** A project whose landing zone is in S3: `mirror` gives it the files of the folder `landing`. */
type MirroredProject = DeclaredProject & {
  readonly place: ServerPlace
  readonly mirror: () => Promise<void>
}

/** Lets a project read a landing zone in S3, with its files. */
async function withMirror(
  declared: DeclaredProject,
  server: ServerPlace["server"],
  work: (project: MirroredProject) => Promise<void>,
): Promise<void> {
  const place = { server, bucket: s3Bucket, prefix: "landing/" }
  const variables = { ...getS3Environment(server), FRESHET_LANDING: landingUrl }
  const project = withEnvironment(declared, variables)
  await work({ ...project, place, mirror: () => mirrorFolder(place, declared.landing) })
}

function withShopInS3(
  work: (project: MirroredProject) => Promise<void>,
  declarations = declareShop(),
): Promise<void> {
  return withS3Bucket((server) =>
    withShop(
      (declared) =>
        withMirror(declared, server, async (project) => {
          await project.mirror()
          await work(project)
        }),
      declarations,
    ),
  )
}

const run = ["materialize", "items", "best", ...allShopDays] as const
const idle = "Nothing is stale: all requested partitions are fresh.\n"

describe.skipIf(!isS3ServerInstalled())("a landing zone in S3 (skipped without versitygw)", () => {
  test("gives the data versions of a folder, and downloads what steps read", async () => {
    await withShopInS3(async (project) => {
      await runFreshet(project, "status")
      expect(readdirSync(project.home)).not.toContain("cache")
      expectDone(await runFreshet(project, ...run))
      expect(readdirSync(join(project.home, "cache", "copies"))).toHaveLength(4)
      const versions = await readDataVersions(project)
      await withShop(async (folderProject) => {
        expectDone(await runFreshet(folderProject, ...run))
        expect(versions).toEqual(await readDataVersions(folderProject))
      })
      expectDone(await runFreshet(project, "verify"))
    })
  })

  test("has the states of its objects: the same bytes again are fresh, other ones stale, malformed ones in quarantine", async () => {
    await withShopInS3(async (project) => {
      expectDone(await runFreshet(project, ...run))
      await project.mirror()
      expect((await runFreshet(project, ...run)).stdout).toBe(idle)
      const line = `{"id":1,"item":"pen"}\n`
      const key = "orders/2026-01-04.json"
      await putObject(project.place, key, `${line}${line.replace("1", "2")}not json\n`)
      const why = await runFreshet(project, "why", "items", "--partition", "2026-01-04")
      expect(why.stdout).toContain("orders 2026-01-04 changed")
      const failed = await runFreshet(project, ...run)
      expect(failed.stderr + failed.stdout).toContain(`${key}:3`)
      await putObject(project.place, key, line)
      expectDone(await runFreshet(project, ...run))
      expect(
        (await runFreshet(project, "data", "head", "items", "--partition", "2026-01-04", "--csv"))
          .stdout,
      ).toBe("item,orders\npen,1\n")
      expect((await runFreshet(project, "verify")).code).toBe(0)
    })
  })

  test("pins copies of objects that are read as landed, which outlive the objects", async () => {
    await withS3Bucket((server) =>
      withPublishedRecs(declareHistory(), (declared) =>
        withMirror(declared, server, async (project) => {
          for (const day of [1, 2]) {
            landPrice(project, 10 * day)
            landRaw(project, `2026-01-0${day}`, day)
            await project.mirror()
            expectDone(await runFreshet(project, "materialize"))
          }
          landPrice(project, 30)
          await project.mirror()
          rmSync(join(project.home, "cache"), { recursive: true })
          const verify = ["verify", "recs", ...bothDays, "--sample", "100"] as const
          expectDone(await runFreshet(project, ...verify))
          expect(await readPublishedRows(project)).toEqual(history)
          await declared.declare(declareHistory({ price: "n + 1" }))
          expectDone(await runFreshet(project, "materialize"))
          expect(await readPublishedRows(project)).toEqual(["1 1 11", "1 2 21"])
        }),
      ),
    )
  })

  test("is watched by the scheduler, and markers settle objects at once", async () => {
    const automation = "export const automation = { shop: onArrival({ everySeconds: 3600 }) }"
    const declarations = `import { onArrival } from "@freshet/core"\n${declareShop()}\n${automation}`
    await withShopInS3(async (project) => {
      for (const day of readdirSync(join(project.landing, "orders")))
        await putObject(project.place, `orders/${day}.done`, "")
      const { stdout, stderr } = await runFreshet(project, "serve", "--once")
      expect(stdout).toContain("ended, succeeded")
      expect(stderr).toBe("")
    }, declarations)
  })

  test("appears in doctor; without its bucket a run is one sentence, and status says so", async () => {
    await withShopInS3(async (project) => {
      const doctor = await runFreshet(project, "doctor")
      expect(doctor.stdout).toContain(landingUrl)
      const missing = withEnvironment(project, { FRESHET_LANDING: "s3://freshet-missing/zone" })
      const failed = await runFreshet(missing, ...run)
      expect(failed.code).toBe(3)
      expect(failed.stderr).toContain("There is no landing zone at s3://freshet-missing/zone.")
      const unreachable = withEnvironment(project, { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9" })
      const { code, stderr } = await runFreshet(unreachable, ...run)
      expect(code).toBe(8)
      expect(stderr).toContain(`the landing zone cannot be read: ${landingUrl} (ECONNREFUSED)`)
    })
  })
})

const demoData = ["demo-data", "--days", "3", "--until", "2026-01-10"] as const

async function materializeDemo(project: TestProject) {
  const data = await readFreshetJson(project, ...demoData)
  expectDone(await runFreshet(project, "materialize", "--yes"))
  const tables = await withLedgerClient(project, async (client) => {
    const { rows } = await client.query<object>(
      "select user_id, rec_id, weight from stocktwits.user_recs order by 1, 2",
    )
    return rows
  })
  return { data, versions: await readDataVersions(project), tables }
}

describe.skipIf(!isS3ServerInstalled())("the demo (skipped without versitygw)", () => {
  test("has the same data versions and published rows in S3 with a PostgreSQL of its own as in folders with the embedded one", async () => {
    const inFolders = await withEmbeddedTestProject(materializeDemo)
    expect(inFolders.tables.length).toBeGreaterThan(0)
    await withS3Bucket((server) =>
      withTestProject((shared) =>
        withExternalPostgres(shared, async (project) => {
          const inS3 = await materializeDemo(
            withEnvironment(project, {
              ...getS3Environment(server),
              FRESHET_LANDING: landingUrl,
              FRESHET_LAKE: `s3://${s3Bucket}/lake`,
            }),
          )
          expect(inS3.data).toEqual({ ...(inFolders.data as object), landing: landingUrl })
          expect(inS3.versions).toEqual(inFolders.versions)
          expect(inS3.tables).toEqual(inFolders.tables)
        }),
      ),
    )
  })
})
