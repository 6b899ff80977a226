import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { daily, int64, sourceAsset } from "@freshet/core"
import { createMessageAssigner, isStreamed } from "@freshet/core/engine"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest"

import { openFolderLandingFiles } from "../../src/stream/folder-landing-files.ts"
import type { LandingFiles } from "../../src/stream/landing-files.ts"
import { landBatch, recoverJournal } from "../../src/stream/landing-journal.ts"
import { openS3LandingFiles } from "../../src/stream/s3-landing-files.ts"
import { createBatchCollector, type PartitionBatch } from "../../src/stream/stream-batch.ts"
import {
  createBucket,
  getS3Environment,
  isS3ServerInstalled,
  startS3Server,
} from "../store/s3-server.ts"

const source = sourceAsset({
  name: "ticks",
  group: "market",
  description: "Ticks.",
  columns: { n: int64() },
  partitions: daily({ start: "2026-01-01" }),
  format: { kind: "json_lines" },
  path: "ticks/{partition}/*.json",
  stream: { kind: "kafka", topic: "ticks", time: "at" },
})
if (!isStreamed(source)) throw new Error("the source has a stream")
const route = { source, findPartition: createMessageAssigner(source) }
const place = { topic: "ticks", partition: 0 }

/** Builds the batch of some offsets; each offset is of another day than the one before it. */
function buildBatch(from: number, next: number): PartitionBatch {
  const collector = createBatchCollector(new Map([["ticks", route]]), [{ ...place, next: from }])
  for (let offset = from; offset < next; offset += 1) {
    const value = Buffer.from(`{"n":${offset},"at":"2026-01-0${1 + (offset % 3)}T00:00:00Z"}`)
    collector.add(place, { offset, recordMs: 0, value })
  }
  const [batch] = collector.listBatches()
  if (batch === undefined) throw new Error("a batch has messages")
  return batch
}

/** Ends like a process that is killed after some of the files have been moved. */
function killAfterMoves(files: LandingFiles, moves: number): LandingFiles {
  return {
    ...files,
    move: async (moved) => {
      await files.move(moved.slice(0, moves))
      throw new Error("killed")
    },
  }
}

const journal = ".streams/ticks/0/journal"

function describeJournal(open: () => LandingFiles, readNumbers: () => Promise<readonly number[]>) {
  const land = (from: number, next: number, files = open()) =>
    landBatch(files, route, buildBatch(from, next))

  test("lands a batch in one file a day, and goes on after it", async () => {
    expect(await recoverJournal(open(), place)).toEqual({ next: 0, isEmpty: true })
    const paths = await land(0, 5)
    expect(paths).toHaveLength(3)
    expect(paths[0]).toBe("ticks/2026-01-01/ticks-0-00000000000000000000-00000000000000000003.json")
    expect(await readNumbers()).toEqual([0, 1, 2, 3, 4])
    expect(await recoverJournal(open(), place)).toEqual({ next: 5, isEmpty: false })
  })

  test.each([[0], [1], [2], [3]])(
    "moves the other files of a batch whose lander was killed after %s of three",
    async (moves) => {
      await expect(land(0, 5, killAfterMoves(open(), moves))).rejects.toThrow("killed")
      expect((await readNumbers()).length).toBeLessThanOrEqual(5)
      expect(await recoverJournal(open(), place)).toEqual({ next: 5, isEmpty: false })
      expect(await readNumbers()).toEqual([0, 1, 2, 3, 4])
      expect(await open().list(".streams/ticks/0/staged")).toEqual([])
    },
  )

  test("lands one of two batches that begin at the same offset", async () => {
    const results = await Promise.allSettled([land(0, 5), land(0, 4), land(0, 3)])
    const fulfilled = results.filter(({ status }) => status === "fulfilled")
    expect(fulfilled).toHaveLength(1)
    const { next } = await recoverJournal(open(), place)
    expect(await readNumbers()).toEqual(Array.from({ length: next }, (_, offset) => offset))
    expect(await open().list(".streams/ticks/0/staged")).toEqual([])
  })

  test("lands nothing for a lander that was stopped while others went on, even after its entry is removed", async () => {
    for (let offset = 0; offset < 20; offset += 1) await land(offset, offset + 1)
    expect(await open().list(journal)).toHaveLength(16)
    await expect(land(1, 2)).rejects.toMatchObject({ code: "moved" })
    const files = open()
    let isFirst = true
    const late: LandingFiles = {
      ...files,
      // The first look at the journal was before the others went on.
      list: async (folder) => {
        const names = isFirst ? [] : await files.list(folder)
        isFirst = false
        return names
      },
    }
    await expect(land(1, 2, late)).rejects.toMatchObject({ code: "moved" })
    expect(await readNumbers()).toEqual(Array.from({ length: 20 }, (_, offset) => offset))
    expect(await recoverJournal(open(), place)).toEqual({ next: 20, isEmpty: false })
  })

  test("keeps the batch of an entry that was created by a request without an answer", async () => {
    const files = open()
    const repeating: LandingFiles = {
      ...files,
      createIfAbsent: async (path, text) => {
        await files.createIfAbsent(path, text)
        return files.createIfAbsent(path, text)
      },
    }
    await land(0, 5, repeating)
    expect(await readNumbers()).toEqual([0, 1, 2, 3, 4])
  })

  test("removes the staged files of a lander that was killed before its entry, once they cannot land", async () => {
    const files = open()
    const killed: LandingFiles = {
      ...files,
      createIfAbsent: () => Promise.reject(new Error("killed")),
    }
    await expect(land(0, 5, killed)).rejects.toThrow("killed")
    await recoverJournal(open(), place)
    expect(await open().list(".streams/ticks/0/staged")).toHaveLength(3)
    await land(0, 4)
    await recoverJournal(open(), place)
    expect(await open().list(".streams/ticks/0/staged")).toEqual([])
    expect(await readNumbers()).toEqual([0, 1, 2, 3])
  })
}

function parseNumbers(contents: readonly string[]): readonly number[] {
  return contents
    .flatMap((content) => content.split("\n").slice(0, -1))
    .map((line) => (JSON.parse(line) as { readonly n: number }).n)
    .toSorted((a, b) => a - b)
}

describe("the journal in a folder", () => {
  let root = ""
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "freshet-journal-"))
  })
  afterEach(() => rmSync(root, { recursive: true }))
  const readNumbers = async () => {
    const folder = join(root, "ticks")
    if (!existsSync(folder)) return []
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    const files = paths.filter((path) => path.endsWith(".json"))
    return parseNumbers(files.map((path) => readFileSync(join(folder, path), "utf8")))
  }
  describeJournal(() => openFolderLandingFiles(root), readNumbers)

  test("fails with one sentence if the landing zone cannot be written", async () => {
    writeFileSync(join(root, ".streams"), "")
    const files = openFolderLandingFiles(root)
    await expect(landBatch(files, route, buildBatch(0, 2))).rejects.toThrow(
      `the landing zone cannot be written: ${root} (ENOTDIR)`,
    )
  })
})

describe.skipIf(!isS3ServerInstalled())("the journal in S3 (skipped without versitygw)", () => {
  let folder = ""
  let server: Awaited<ReturnType<typeof startS3Server>>
  let prefix = 0
  const open = () =>
    openS3LandingFiles(`s3://freshet-test/${prefix}`, {
      region: "us-east-1",
      usesPathStyle: true,
      cacheFolder: join(folder, "cache"),
      maxCacheBytes: 1e6,
    })
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "freshet-journal-"))
    server = await startS3Server(folder)
    await createBucket(server, "freshet-test")
    for (const [name, value] of Object.entries(getS3Environment(server))) vi.stubEnv(name, value)
  })
  beforeEach(() => void (prefix += 1))
  afterAll(async () => {
    vi.unstubAllEnvs()
    await server.stop()
    rmSync(folder, { recursive: true })
  })
  const readNumbers = async () => {
    const names = await open().list("ticks")
    return parseNumbers(await Promise.all(names.map((name) => open().read(`ticks/${name}`))))
  }
  describeJournal(open, readNumbers)
})
