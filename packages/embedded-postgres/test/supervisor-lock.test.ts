import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterEach, beforeEach, expect, test } from "vitest"

import { claimSupervisorLock, findNewestSupervisor } from "../src/supervisor-lock.ts"
import { openSupervisorSocket, type SupervisorSocket } from "../src/supervisor-socket.ts"

let folder: string
let supervisorSockets: readonly SupervisorSocket[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "freshet-lock-"))
  supervisorSockets = await Promise.all(
    Array.from({ length: 20 }, () => openSupervisorSocket(folder)),
  )
})

afterEach(() => {
  for (const supervisorSocket of supervisorSockets) supervisorSocket.close()
  rmSync(folder, { recursive: true })
})

const claimAll = () =>
  Promise.all(supervisorSockets.map(({ socketPath }) => claimSupervisorLock(folder, socketPath)))

test("of twenty supervisors that claim at once exactly one wins", async () => {
  const claims = await claimAll()
  expect(claims.filter((claim) => claim !== undefined)).toEqual([1])
})

test("exactly one process takes over a dead supervisor's lock", async () => {
  writeFileSync(join(folder, "7"), JSON.stringify({ pid: 1, socketPath: join(folder, "dead") }))
  const claims = await claimAll()
  expect(claims.filter((claim) => claim !== undefined)).toEqual([8])
  expect(findNewestSupervisor(folder)).toMatchObject({ generation: 8, pid: process.pid })
})

test("a record emptied by a power cut belongs to a dead supervisor", async () => {
  writeFileSync(join(folder, "3"), "")
  expect((await claimAll()).filter((claim) => claim !== undefined)).toEqual([4])
})

test("records of dead supervisors are deleted", async () => {
  for (let turn = 1; turn <= 15; turn++) {
    const supervisorSocket = await openSupervisorSocket(folder)
    expect(await claimSupervisorLock(folder, supervisorSocket.socketPath)).toBe(turn)
    supervisorSocket.close()
  }
  expect(findNewestSupervisor(folder)?.generation).toBe(15)
})
