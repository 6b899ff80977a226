import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { chmodSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { mkdirSync, statSync, truncateSync } from "node:fs"
import { stat } from "node:fs/promises"
import { join } from "node:path"

import { daily, type SourceAsset, staticKeys, unpartitioned } from "@freshet/core"
import { parseDay } from "@freshet/core/engine"
import { expect, test } from "vitest"

import { hashContent } from "../../src/landing/content-hash.ts"
import type { HashedFile } from "../../src/landing/hashed-file.ts"
import { observeLanding } from "../../src/landing/observe-landing.ts"
import { dailySource, withLandingZone } from "./landing-zone.ts"

const later = Date.now() + 3_600_000
const sha256 = (...parts: string[]) => createHash("sha256").update(parts.join("")).digest("hex")
const getVersion = (...contents: string[]) => sha256(...contents.map((text) => `${sha256(text)}\n`))
const day = (key: string) => parseDay(key) ?? -1

function observe(
  folder: string,
  sources: readonly SourceAsset[] = [dailySource("likes")],
  hashedFiles: ReadonlyMap<string, HashedFile> = new Map(),
) {
  return observeLanding({ sources, folder, hashedFiles, nowMs: later })
}

test("each day's file is a partition, with the hash of its bytes", async () => {
  await withLandingZone(
    { "likes/2026-01-05.json": "five\n", "likes/2026-01-04.json": "four\n", "other/x.json": "x" },
    async (folder) => {
      const { landing, problems } = await observe(folder)
      expect(problems).toEqual([])
      expect([...(landing.get("likes") ?? [])]).toEqual([
        [
          day("2026-01-04"),
          {
            files: [{ path: "likes/2026-01-04.json", hash: sha256("four\n"), bytes: 5 }],
            version: getVersion("four\n"),
          },
        ],
        [
          day("2026-01-05"),
          {
            files: [{ path: "likes/2026-01-05.json", hash: sha256("five\n"), bytes: 5 }],
            version: getVersion("five\n"),
          },
        ],
      ])
    },
  )
})

test("a partition may be compressed, or a folder of part files in the order of their names", async () => {
  const files = {
    "likes/2026-01-04.json.gz": "zipped",
    "likes/2026-01-05.json/part-1.json.gz": "second",
    "likes/2026-01-05.json/part-0.json": "first",
    "likes/2026-01-05.json/_SUCCESS": "",
    "likes/2026-01-05.json/.part-2.json.crc": "sum",
  }
  await withLandingZone(files, async (folder) => {
    const { landing, problems } = await observe(folder)
    const likes = landing.get("likes")
    expect(problems).toEqual([])
    expect(likes?.get(day("2026-01-04"))?.files[0]?.path).toBe("likes/2026-01-04.json.gz")
    expect(likes?.get(day("2026-01-05"))?.files.map(({ path }) => path)).toEqual([
      "likes/2026-01-05.json/part-0.json",
      "likes/2026-01-05.json/part-1.json.gz",
    ])
    expect(likes?.get(day("2026-01-05"))?.version).toBe(getVersion("first", "second"))
  })
})

test("a version is that of the content: not of names, nor of how it is cut into other partitions", async () => {
  const files = { "likes/2026-01-05.json": "same", "follows/2026-01-09.json/a": "same" }
  await withLandingZone(files, async (folder) => {
    const { landing } = await observe(folder, [dailySource("likes"), dailySource("follows")])
    expect(landing.get("likes")?.get(day("2026-01-05"))?.version).toBe(
      landing.get("follows")?.get(day("2026-01-09"))?.version,
    )
  })
})

test("hidden and temporary files are not there", async () => {
  const files = {
    "likes/.2026-01-01.json": "",
    "likes/_2026-01-02.json": "",
    "likes/2026-01-03.json.tmp": "",
    "likes/2026-01-04.json.gz.part": "",
    "likes/2026-01-05.json/.hidden": "",
  }
  await withLandingZone(files, async (folder) => {
    const { landing, problems } = await observe(folder)
    expect(landing.get("likes")?.size).toBe(0)
    expect(problems).toEqual([])
  })
})

test("names that are no day of the source are one warning, and are not read", async () => {
  const files = {
    "likes/2026-02-30.json": "",
    "likes/notes.txt": "",
    "likes/2025-12-31.json": "",
    "likes/2026-01-05.json": "ok",
    "likes/2026-01-06.json/deeper/part-0": "",
    "likes/2026-01-07/part-0": "",
    "likes/2026-01-08.json.gz/part-0": "",
  }
  await withLandingZone(files, async (folder) => {
    const { landing, problems } = await observe(folder)
    expect([...(landing.get("likes") ?? [])].map(([partition]) => partition)).toEqual([
      day("2026-01-05"),
    ])
    expect(problems.map(({ kind, asset, message }) => `${kind} ${asset}: ${message}`)).toEqual([
      "landing_name likes: 2026-01-06.json/deeper in likes is not read: a folder of part files holds files only.",
      "landing_name likes: 2025-12-31.json in likes is not read: `likes` has no such day.",
      "landing_name likes: 2026-01-07, 2026-01-08.json.gz, 2026-02-30.json, notes.txt in likes are not read: the name is no day.",
    ])
    expect(problems[0]?.hint).toBe("Files of `likes` are named like likes/2026-01-01.json.")
  })
})

test("keys of a set are file names as they are, or written as in a URL where they cannot be", async () => {
  const keys = ["us/east", "50%", "a%2Cb", "a,b", "..", "é", "US", "us"]
  const likes = dailySource("likes", { partitions: staticKeys(keys) })
  const names = ["us%2Feast", "50%", "a%2Cb", "a,b", "%2E%2E", "%C3%A9", "US", "us", "%E9", "100%"]
  const files = Object.fromEntries(names.map((name) => [`likes/${name}.json`, name]))
  await withLandingZone(files, async (folder) => {
    const { landing, problems } = await observe(folder, [likes])
    const landed = [...(landing.get("likes") ?? [])].toSorted(([a], [b]) => a - b)
    expect(
      landed.map(
        ([
          at,
          {
            files: [file],
          },
        ]) => [keys[at], file?.path],
      ),
    ).toEqual(keys.map((key, at) => [key, `likes/${names[at]}.json`]))
    expect(problems.map(({ message, hint }) => `${message} ${hint}`)).toEqual([
      "%E9.json, 100%.json in likes are not read: the name is no key of it. Files of `likes` are named like likes/us%2Feast.json.",
    ])
  })
})

test("a thousand wrong names are still one short warning", async () => {
  await withLandingZone({ "likes/a": "" }, async (folder) => {
    for (let index = 0; index < 1_000; index += 1)
      writeFileSync(join(folder, "likes", `x${index}.json`), "")
    const { problems } = await observe(folder)
    expect(problems).toHaveLength(1)
    expect(problems[0]?.message).toMatch(/^a, x0\.json, .* and 996 more in likes are not read/)
  })
})

test("a day that is there plain and compressed is a problem", async () => {
  const files = { "likes/2026-01-05.json": "plain", "likes/2026-01-05.json.gz": "zipped" }
  await withLandingZone(files, async (folder) => {
    const { problems } = await observe(folder)
    expect(problems).toEqual([
      {
        kind: "landing_twice",
        asset: "likes",
        message: "2026-01-05.json, 2026-01-05.json.gz in likes are the same partition.",
        hint: "Keep one of them.",
      },
    ])
  })
})

test("sources may share a folder, lie one inside the other, or have no partitions", async () => {
  const sources = [
    dailySource("likes", { path: "in/likes-{partition}.json" }),
    dailySource("follows", { path: "in/follows-{partition}.json" }),
    dailySource("deeper", { path: "in/deeper/folder/{partition}.json" }),
    dailySource("links", { path: "links.csv", partitions: unpartitioned }),
    dailySource("old", {
      path: "old/{partition}.json",
      partitions: daily({ start: "2020-01-01", end: "2020-12-31" }),
    }),
  ]
  const files = {
    "in/likes-2026-01-05.json": "",
    "in/follows-2026-01-06.json": "",
    "in/deeper/folder/2026-01-07.json": "",
    "links.csv.gz": "",
    "old/2020-12-31.json": "",
  }
  await withLandingZone(files, async (folder) => {
    const { landing, problems } = await observe(folder, sources)
    expect(problems).toEqual([])
    expect([...landing].map(([name, partitions]) => [name, [...partitions.keys()]])).toEqual([
      ["likes", [day("2026-01-05")]],
      ["follows", [day("2026-01-06")]],
      ["deeper", [day("2026-01-07")]],
      ["links", [0]],
      ["old", [day("2020-12-31")]],
    ])
  })
})

test("no landing zone is one problem; a source nobody landed anything for is none", async () => {
  await withLandingZone({}, async (folder) => {
    const none = await observe(folder)
    expect(none.problems).toEqual([])
    expect(none.landing.get("likes")?.size).toBe(0)
    const hashedFiles = new Map([["likes/a", { bytes: 1, identity: "1", hash: "a" }]])
    const missing = await observe(join(folder, "nowhere"), [dailySource("likes")], hashedFiles)
    expect(missing.problems).toMatchObject([{ kind: "landing_missing" }])
    expect(missing.landing.get("likes")?.size).toBe(0)
    expect(missing.hashChanges.removedPaths).toEqual([])
  })
})

test("a file that is remembered as it is now is not read again", async () => {
  await withLandingZone({ "likes/2026-01-05.json": "five" }, async (folder) => {
    const first = await observe(folder)
    const addedFiles = first.hashChanges.addedFiles.get("likes/2026-01-05.json")
    expect(addedFiles?.hash).toBe(sha256("five"))
    const invented = new Map([["likes/2026-01-05.json", { ...addedFiles!, hash: "invented" }]])
    const second = await observe(folder, [dailySource("likes")], invented)
    expect(second.landing.get("likes")?.get(day("2026-01-05"))?.files[0]?.hash).toBe("invented")
    expect(second.hashChanges.addedFiles.size).toBe(0)
  })
})

test("a changed file is read again, even when its size and modification time were kept", async () => {
  const path = "likes/2026-01-05.json"
  await withLandingZone({ [path]: "old rows" }, async (folder) => {
    const { hashChanges } = await observe(folder)
    const { atime, mtime } = statSync(join(folder, path))
    writeFileSync(join(folder, ".new"), "new rows")
    utimesSync(join(folder, ".new"), atime, mtime)
    renameSync(join(folder, ".new"), join(folder, path))
    const { landing } = await observe(folder, [dailySource("likes")], hashChanges.addedFiles)
    expect(landing.get("likes")?.get(day("2026-01-05"))?.files[0]?.hash).toBe(sha256("new rows"))
  })
})

test("a file too young for its times to tell is not remembered", async () => {
  await withLandingZone({ "likes/2026-01-05.json": "five" }, async (folder) => {
    const options = { sources: [dailySource("likes")], folder, hashedFiles: new Map() }
    const nowMs = Math.ceil(statSync(join(folder, "likes/2026-01-05.json")).ctimeMs)
    const young = await observeLanding({ ...options, nowMs })
    expect(young.landing.get("likes")?.size).toBe(1)
    expect(young.hashChanges.addedFiles.size).toBe(0)
  })
})

test("files that are gone are to be forgotten", async () => {
  const files = { "likes/2026-01-05.json": "five", "likes/2026-01-06.json": "six" }
  await withLandingZone(files, async (folder) => {
    const { hashChanges } = await observe(folder)
    rmSync(join(folder, "likes/2026-01-05.json"))
    const second = await observe(folder, [dailySource("likes")], hashChanges.addedFiles)
    expect(second.hashChanges.removedPaths).toEqual(["likes/2026-01-05.json"])
  })
})

test("links are followed, broken ones and pipes are not there", async () => {
  await withLandingZone(
    { "elsewhere/a": "linked", "likes/2026-01-01.json": "" },
    async (folder) => {
      symlinkSync(join(folder, "elsewhere/a"), join(folder, "likes/2026-01-05.json"))
      symlinkSync(join(folder, "nowhere"), join(folder, "likes/2026-01-06.json"))
      execFileSync("mkfifo", [join(folder, "likes/2026-01-07.json")])
      const { landing } = await observe(folder)
      expect([...(landing.get("likes") ?? [])].map(([partition]) => partition)).toEqual([
        day("2026-01-01"),
        day("2026-01-05"),
      ])
      const linked = landing.get("likes")?.get(day("2026-01-05"))
      expect(linked?.files[0]?.hash).toBe(sha256("linked"))
    },
  )
})

test("big files are hashed whole", async () => {
  const bytes = Buffer.alloc(5_000_001, "freshet")
  await withLandingZone({ "likes/2026-01-05.json": bytes }, async (folder) => {
    const { landing } = await observe(folder)
    const [file] = landing.get("likes")?.get(day("2026-01-05"))?.files ?? []
    expect(file).toMatchObject({
      hash: createHash("sha256").update(bytes).digest("hex"),
      bytes: 5_000_001,
    })
  })
})

test("two thousand unchanged files are observed without reading any", async () => {
  await withLandingZone({}, async (folder) => {
    mkdirSync(join(folder, "likes"))
    const start = day("2026-01-01")
    for (let index = 0; index < 2_000; index += 1) {
      const key = new Date((start + index) * 86_400_000).toISOString().slice(0, 10)
      writeFileSync(join(folder, "likes", `${key}.json`), key)
    }
    const first = await observe(folder)
    expect(first.hashChanges.addedFiles.size).toBe(2_000)
    const invented = new Map(
      [...first.hashChanges.addedFiles].map(([path, file]) => [
        path,
        { ...file, hash: "invented" },
      ]),
    )
    const second = await observe(folder, [dailySource("likes")], invented)
    expect(second.hashChanges.addedFiles.size).toBe(0)
    const files = [...(second.landing.get("likes")?.values() ?? [])].flatMap(({ files }) => files)
    expect(files.map(({ hash }) => hash)).toEqual(Array.from({ length: 2_000 }, () => "invented"))
  })
})

test.skipIf(process.getuid?.() === 0)(
  "a file that may not be read is an error with its path",
  async () => {
    await withLandingZone({ "likes/2026-01-05.json": "five" }, async (folder) => {
      chmodSync(join(folder, "likes/2026-01-05.json"), 0)
      await expect(observe(folder)).rejects.toThrow(/2026-01-05\.json cannot be read/)
    })
  },
)

test("a landing zone that is a file is an error", async () => {
  await withLandingZone({ likes: "a file where a folder should be" }, async (folder) => {
    await expect(observe(folder)).rejects.toMatchObject({ code: "input" })
  })
})

test("a file that is replaced while it is read counts as what it became", async () => {
  await withLandingZone({ big: "" }, async (folder) => {
    truncateSync(join(folder, "big"), 50_000_000)
    writeFileSync(join(folder, "new"), "new rows")
    const reading = hashContent(folder, "big")
    await stat(join(folder, "big"))
    renameSync(join(folder, "new"), join(folder, "big"))
    expect(await reading).toMatchObject({ hash: sha256("new rows"), bytes: 8 })
  })
})

test("a file that never holds still is an error that says what writers should do", async () => {
  await withLandingZone({ big: "" }, async (folder) => {
    truncateSync(join(folder, "big"), 30_000_000)
    const state = { isRead: false }
    const reading = hashContent(folder, "big").catch((cause: unknown) => cause)
    void reading.then(() => (state.isRead = true))
    while (!state.isRead) {
      writeFileSync(join(folder, "next"), "")
      truncateSync(join(folder, "next"), 30_000_000)
      renameSync(join(folder, "next"), join(folder, "big"))
      await new Promise((resume) => setImmediate(resume))
    }
    expect(await reading).toMatchObject({
      code: "input",
      message: expect.stringContaining("changes while it is read"),
      hint: expect.stringContaining("rename"),
    })
  })
})
