import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterEach, beforeEach, expect, test } from "vitest"

import { openKeeperDoor, type KeeperDoor } from "../../src/postgres/keeper-door.ts"
import { claimKeeperLock, newestKeeper } from "../../src/postgres/keeper-lock.ts"

let folder: string
let doors: readonly KeeperDoor[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "freshet-lock-"))
  doors = await Promise.all(Array.from({ length: 20 }, () => openKeeperDoor(folder)))
})

afterEach(() => {
  for (const door of doors) door.close()
  rmSync(folder, { recursive: true })
})

const claimAll = () =>
  Promise.all(doors.map(({ socketPath }) => claimKeeperLock(folder, socketPath)))

test("of twenty keepers that claim at once exactly one wins", async () => {
  const claims = await claimAll()
  expect(claims.filter((claim) => claim !== undefined)).toEqual([1])
})

test("a dead keeper's lock is taken over by exactly one", async () => {
  writeFileSync(join(folder, "7"), JSON.stringify({ pid: 1, socketPath: join(folder, "dead") }))
  const claims = await claimAll()
  expect(claims.filter((claim) => claim !== undefined)).toEqual([8])
  expect(newestKeeper(folder)).toMatchObject({ generation: 8, pid: process.pid })
})

test("a record emptied by a power cut belongs to a dead keeper", async () => {
  writeFileSync(join(folder, "3"), "")
  expect((await claimAll()).filter((claim) => claim !== undefined)).toEqual([4])
})

test("records of long dead keepers are cleared away", async () => {
  for (let turn = 1; turn <= 15; turn++) {
    const door = await openKeeperDoor(folder)
    expect(await claimKeeperLock(folder, door.socketPath)).toBe(turn)
    door.close()
  }
  expect(newestKeeper(folder)?.generation).toBe(15)
})
