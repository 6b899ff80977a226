import { copyFileSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { relative } from "node:path"

import { expect, test } from "vitest"

import type { DeclaredProject } from "./declared-project.ts"
import { expectDone, runFreshet } from "./freshet-process.ts"
import { withLedgerClient } from "./ledger-contents.ts"
import { declareRecs, landRaw, readPublishedRows, withPublishedRecs } from "./published-recs.ts"
import {
  allShopDays,
  declareShop,
  findPartitionFile,
  shopDays,
  withMaterializedShop,
} from "./shop.ts"
import { flipBit } from "./stored-files.ts"

const [first, second, third, newest] = shopDays

/** Replaces the file of a day by that of another day: whole Parquet with other rows. */
function replaceRows(project: DeclaredProject, asset: string, day: string): string {
  const path = findPartitionFile(project, asset, day)
  copyFileSync(findPartitionFile(project, asset, first), path)
  return path
}

async function readVersions(project: DeclaredProject): Promise<ReadonlyMap<string, string>> {
  return withLedgerClient(project, async (client) => {
    const { rows } = await client.query<{ partition: string; data_version: string }>(`
      select asset || ' ' || partition as partition, data_version
      from freshet.materializations order by seq`)
    return new Map(rows.map(({ partition, data_version }) => [partition, data_version]))
  })
}

/** Declares the shop with a best list that leaves out items with few orders: another code version. */
const editedShop = declareShop({
  moreAssets: {
    names: "sums",
    code: `const sums = sqlAsset({
      ...common,
      name: "sums",
      description: "Orders of three days.",
      columns: { orders: int64("How many.") },
      query: sql\`select sum(orders)::bigint as orders from \${last(3, items)}\`,
    })`,
  },
})

/** Runs work with the edited shop as it is when nothing was damaged. */
async function readUndamagedVersions(): Promise<ReadonlyMap<string, string>> {
  const versions: ReadonlyMap<string, string>[] = []
  await withMaterializedShop(async (project) => {
    expectDone(await runFreshet(project, "backfill", "sums", ...allShopDays))
    versions.push(await readVersions(project))
  }, editedShop)
  return versions[0] ?? new Map()
}

async function expectUndamaged(project: DeclaredProject): Promise<void> {
  expect(await readVersions(project)).toEqual(await readUndamagedVersions())
  for (const words of [["--files"], ["--sample", "100%"]])
    expectDone(await runFreshet(project, "verify", ...words))
}

test("a damaged file is not read: its partition and its readers are rebuilt, and the new rows are right", async () => {
  await withMaterializedShop(async (project) => {
    const damaged = findPartitionFile(project, "items", second)
    flipBit(damaged)
    await project.declare(editedShop)
    const run = await runFreshet(project, "backfill", "sums", "--date", newest)
    expectDone(run)
    expect(run.stderr).toContain(
      `The stored file of \`items\` ${second} is damaged: its bytes are not the recorded ones.`,
    )
    for (const partition of [
      `items ${second}`,
      `best ${second}`,
      `best ${third}`,
      `best ${newest}`,
    ])
      expect(run.stderr).toContain(`${partition}: materialized`)
    expect(run.stderr).not.toContain(`best ${first}: materialized`)
    expectDone(await runFreshet(project, "backfill", "sums", ...allShopDays))
    await expectUndamaged(project)
  })
})

test("plan and status find a damaged file, and a plan names what a run rebuilds", async () => {
  await withMaterializedShop(async (project) => {
    flipBit(findPartitionFile(project, "items", newest))
    const plan = await runFreshet(project, "plan", "--exit-code")
    expect(plan.code).toBe(6)
    expect(plan.stderr).toContain(`The stored file of \`items\` ${newest} is damaged`)
    const { stdout, stderr } = await runFreshet(project, "status")
    expect(stderr).toContain(`The stored file of \`items\` ${newest} is damaged`)
    expect(stdout).toContain("None of 2 assets are up to date; 2 missing.")
    const run = await runFreshet(project, "materialize")
    expectDone(run)
    expect(run.stdout).toContain("2 partitions materialized")
    expectDone(await runFreshet(project, "plan", "--exit-code"))
  })
})

test("rows of a damaged file are not shown, and neither are rows that were materialized from it", async () => {
  await withMaterializedShop(async (project) => {
    flipBit(findPartitionFile(project, "items", newest))
    const hint = "`freshet materialize items` rebuilds it."
    for (const words of [
      ["sql", "select * from items"],
      ["data", "head", "items"],
    ]) {
      const { code, stdout, stderr } = await runFreshet(project, ...words)
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
      expect(stderr).toContain(`The stored file of \`items\` ${newest} is damaged`)
      expect(stderr).toContain(hint)
    }
    const { code, stderr } = await runFreshet(project, "sql", "select * from best")
    expect(code).toBe(2)
    expect(stderr).toContain(`\`best\` ${newest} was materialized from a damaged file.`)
    expect((await runFreshet(project, "why", "items")).stdout).toContain(
      `items ${newest}: file damaged, will be rebuilt`,
    )
    expect((await runFreshet(project, "doctor")).stdout).toContain("1 damaged of 8 files")
  })
})

test("a file that lost bits unnoticed is found by verify, and then it and all that was materialized from it is rebuilt", async () => {
  await withMaterializedShop(async (project) => {
    await pretendUnread(project, replaceRows(project, "items", second))
    await project.declare(editedShop)
    expectDone(await runFreshet(project, "backfill", "sums", ...allShopDays))
    const wrong = await readVersions(project)
    const found = await runFreshet(project, "verify", "--files")
    expect(found.code).toBe(10)
    expect(found.stdout).toContain(`items ${second}: `)
    expect(found.stdout).toContain("file damaged")
    expect(found.stdout).not.toContain("not deterministic")
    const [command = ""] = /backfill items --date \S+(?=`)/.exec(found.stdout) ?? []
    expect(command).toBe(`backfill items --date ${second}`)
    expectDone(await runFreshet(project, ...command.split(" ")))
    expect(await readVersions(project)).not.toEqual(wrong)
    await expectUndamaged(project)
  })
})

test("files of earlier versions have no checksum: it is recorded when they are read, and damage is found by verify", async () => {
  await withMaterializedShop(async (project) => {
    await withLedgerClient(project, (client) =>
      client.query("update freshet.materializations set checksum = null, file_identity = null"),
    )
    const damaged = replaceRows(project, "items", second)
    await project.declare(editedShop)
    expectDone(await runFreshet(project, "backfill", "sums", "--date", newest))
    expect(await countChecksums(project)).toEqual({ items: 3, sums: 1 })
    const found = await runFreshet(project, "verify", "--sample", "100%")
    expect(found.code).toBe(10)
    expect(found.stdout).toContain(
      `items ${second}: ${relative(project.folder, damaged)} file damaged`,
    )
    expect(found.stdout).not.toContain("not deterministic")
    expectDone(await runFreshet(project, "backfill", "sums", ...allShopDays))
    await expectUndamaged(project)
  })
})

test("a lake that was copied elsewhere is read once, and its materializations stay fresh", async () => {
  await withMaterializedShop(async (project) => {
    for (const day of shopDays) {
      const path = findPartitionFile(project, "items", day)
      writeFileSync(path, readFileSync(path))
    }
    const identities = await readIdentities(project)
    expectDone(await runFreshet(project, "plan", "--exit-code"))
    expectDone(await runFreshet(project, "verify"))
    expect(await readIdentities(project)).not.toEqual(identities)
  })
})

/** Records that a file still is the one that had the recorded checksum, as if a disk had lost bits. */
async function pretendUnread(project: DeclaredProject, path: string): Promise<void> {
  const { size, ino, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
  await withLedgerClient(project, (client) =>
    client.query("update freshet.materializations set file_identity = $1 where file = $2", [
      `${size} ${ino} ${mtimeNs} ${ctimeNs}`,
      relative(project.lake, path),
    ]),
  )
}

async function countChecksums(project: DeclaredProject) {
  return withLedgerClient(project, async (client) => {
    const { rows } = await client.query<{ asset: string; files: number }>(`
      select asset, count(*)::integer as files from freshet.materializations
      where checksum is not null and file_identity is not null group by asset order by asset`)
    return Object.fromEntries(rows.map(({ asset, files }) => [asset, files]))
  })
}

async function readIdentities(project: DeclaredProject): Promise<readonly (string | null)[]> {
  return withLedgerClient(project, async (client) => {
    const { rows } = await client.query<{ identity: string | null }>(`
      select file_identity as identity from freshet.materializations
      where asset = 'items' order by id`)
    return rows.map(({ identity }) => identity)
  })
}

test("rows that were published from a damaged file are written again", async () => {
  await withPublishedRecs(declareRecs(), async (project) => {
    for (const [at, day] of [first, second].entries()) {
      landRaw(project, day, at + 1)
      expectDone(await runFreshet(project, "materialize", "--no-publish"))
    }
    await pretendUnread(project, replaceRows(project, "recs", second))
    expectDone(await runFreshet(project, "materialize"))
    expect(await readPublishedRows(project)).toEqual(["1 1 1"])
    expect((await runFreshet(project, "verify", "--files")).code).toBe(10)
    const run = await runFreshet(project, "materialize")
    expectDone(run)
    expect(run.stdout).toContain(`Published s ${second}`)
    expect(await readPublishedRows(project)).toEqual(["1 2 1"])
  })
})
