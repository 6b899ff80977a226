import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterAll, expect, test } from "vitest"

import type { SpareSlot } from "../../src/code/code-process.ts"
import { createCodeProcesses } from "../../src/code/code-processes.ts"
import { endSpare, keepSpare } from "../../src/code/spare-process.ts"

const folder = mkdtempSync(join(tmpdir(), "freshet-spare-"))
afterAll(() => rmSync(folder, { recursive: true }))

/** A program that lives as long as its parent, and exits on a message. */
const programPath = join(folder, "program.cjs")
writeFileSync(
  programPath,
  `process.on("disconnect", () => process.exit())
   process.on("message", () => process.exit(1))`,
)

function createOptions() {
  const spare: SpareSlot = { child: undefined, isKept: false }
  return { programPath, declarationsPath: "", memoryMb: 64, spare }
}

test("each run takes the spare process for its first step, and the end of the run starts another one", async () => {
  const options = createOptions()
  keepSpare(options)
  const first = options.spare.child
  const processes = createCodeProcesses(options)
  expect(processes.acquire(undefined)).toBe(first)
  expect(options.spare.child).toBeUndefined()
  expect(processes.acquire(undefined)).not.toBe(first)
  await processes.close()
  const second = options.spare.child
  expect(second).toBeDefined()
  expect(second).not.toBe(first)
  await endSpare(options)
  expect(options.spare).toEqual({ child: undefined, isKept: false })
})

test("a step with a memory limit of its own does not take the spare process", async () => {
  const options = createOptions()
  keepSpare(options)
  const processes = createCodeProcesses(options)
  expect(processes.acquire(32)).not.toBe(options.spare.child)
  await processes.close()
  await endSpare(options)
})

test("a spare process that has ended is not taken", async () => {
  const options = createOptions()
  keepSpare(options)
  options.spare.child?.post({ kind: "stored" })
  await expect.poll(() => options.spare.child).toBeUndefined()
  const processes = createCodeProcesses(options)
  expect(processes.acquire(undefined)).toBeDefined()
  await processes.close()
  expect(options.spare.child).toBeDefined()
  await endSpare(options)
})

test("without a server, and after its end, no spare process is started", async () => {
  const options = createOptions()
  const processes = createCodeProcesses(options)
  processes.acquire(undefined)
  await processes.close()
  expect(options.spare.child).toBeUndefined()
  keepSpare(options)
  await endSpare(options)
  await processes.close()
  expect(options.spare.child).toBeUndefined()
})
