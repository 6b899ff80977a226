import { once } from "node:events"
import { readdirSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"

import { waitUntil } from "@freshet/embedded-postgres/testing"
import { getS3Environment, isS3ServerInstalled } from "@freshet/io/testing"
import { describe, expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet, startFreshet } from "./freshet-process.ts"
import { bothDays, declareHistory, landPrice, materializeTwoDays } from "./price-history.ts"
import { readPublishedRows, withPublishedRecs } from "./published-recs.ts"
import { readDataVersions, s3Bucket, withS3Bucket } from "./s3-bucket.ts"
import { allShopDays, withShop } from "./shop.ts"
import { withEnvironment } from "./test-project.ts"

/** Runs `work` with the shop, whose datasets are objects, and the folder in which the server stores them. */
function withShopInS3(
  work: (project: DeclaredProject, objectsFolder: string) => Promise<void>,
): Promise<void> {
  return withS3Bucket((server, folder) =>
    withShop((project) => {
      const variables = { ...getS3Environment(server), FRESHET_LAKE: `s3://${s3Bucket}/shop` }
      return work(withEnvironment(project, variables), join(folder, "shop"))
    }),
  )
}

const run = ["materialize", "items", "best", ...allShopDays] as const

describe.skipIf(!isS3ServerInstalled())("a lake in S3 (skipped without versitygw)", () => {
  test("has the data versions of a lake in a folder", async () => {
    await withShopInS3(async (project) => {
      expectDone(await runFreshet(project, ...run))
      const versions = await readDataVersions(project)
      await withShop(async (folderProject) => {
        expectDone(await runFreshet(folderProject, ...run))
        expect(versions).toEqual(await readDataVersions(folderProject))
      })
      expect(readdirSync(project.home)).not.toContain("lake")
    })
  })

  test("is read by a machine without copies, verified, and rebuilt where objects are missing", async () => {
    await withShopInS3(async (project, objectsFolder) => {
      expectDone(await runFreshet(project, ...run))
      rmSync(join(project.home, "cache"), { recursive: true })
      const query = ["sql", 'select count(*) as n from "items@all"', "--csv"] as const
      expect((await runFreshet(project, ...query)).stdout).toBe("n\n18\n")
      expectDone(await runFreshet(project, "verify"))
      expectDone(await runFreshet(project, "gc", "--yes"))
      expect((await runFreshet(project, ...run)).stdout).toBe(
        "Nothing is stale: all requested partitions are fresh.\n",
      )
      rmSync(join(objectsFolder, "best/2026-01-04"), { recursive: true })
      const rebuild = await runFreshet(project, ...run)
      expectDone(rebuild)
      expect(rebuild.stderr).toContain(
        "The stored file of `best` 2026-01-04 is missing from the lake.",
      )
      expect(readdirSync(join(objectsFolder, "best/2026-01-04"))).toHaveLength(1)
    })
  })

  test("that cannot be reached is exit 8 with one sentence", async () => {
    await withShopInS3(async (project) => {
      const unreachable = { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9" }
      const { code, stderr } = await runFreshet(withEnvironment(project, unreachable), ...run)
      expect(code).toBe(8)
      expect(stderr).toContain("ECONNREFUSED")
      expect(stderr).not.toContain("freshet-secret")
    })
  })

  test("that does not answer does not delay the end of a run that is interrupted", async () => {
    const silent = createServer(() => (requests += 1))
    let requests = 0
    silent.listen(0, "127.0.0.1")
    await once(silent, "listening")
    const { port } = silent.address() as AddressInfo // it listens on a port
    const variables = {
      ...getS3Environment({ endpoint: `http://127.0.0.1:${port}` }),
      FRESHET_LAKE: `s3://${s3Bucket}/shop`,
    }
    await withShop(async (project) => {
      const running = startFreshet(withEnvironment(project, variables), ...run)
      await waitUntil(() => requests > 0)
      running.kill("SIGINT")
      const { code, stderr } = await running.result
      expect({ code, stderr }).toMatchObject({
        code: 130,
        stderr: expect.not.stringContaining("    at "),
      })
    })
    silent.closeAllConnections()
    silent.close()
  })

  test("stores the copies of files that are read as landed, and reads them on a machine without copies", async () => {
    await withS3Bucket((server, objectsFolder) =>
      withPublishedRecs(declareHistory(), async (declared) => {
        const variables = { ...getS3Environment(server), FRESHET_LAKE: `s3://${s3Bucket}/prices` }
        const project = withEnvironment(declared, variables)
        await materializeTwoDays(project)
        expect(readdirSync(join(objectsFolder, "prices"))).toContain("landed")
        landPrice(project, 30)
        rmSync(join(project.home, "cache"), { recursive: true })
        expectDone(await runFreshet(project, "verify", "recs", ...bothDays, "--sample", "100"))
        await declared.declare(declareHistory({ price: "n + 1" }))
        expectDone(await runFreshet(project, "materialize"))
        expect(await readPublishedRows(project)).toEqual(["1 1 11", "1 2 21"])
        expectDone(await runFreshet(project, "verify", "recs", "--files"))
      }),
    )
  })
})
