import { spawnSync } from "node:child_process"
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs"
import { join } from "node:path"

import { expect, test } from "vitest"

import type { DeclaredProject } from "../end-to-end/declared-project.ts"
import { expectDone, runFreshet } from "../end-to-end/freshet-process.ts"
import { landEdition, withDepot } from "./depot.ts"
import { expectCleanEnd, expectRecovery, expectWhole } from "./invariants.ts"

const diskMb = 64

/** Mounts a small disk in memory; false without the right to do so. */
function mountDisk(folder: string): boolean {
  mkdirSync(folder, { recursive: true })
  return spawnSync("mount", ["-t", "tmpfs", "-o", `size=${diskMb}m`, "disk", folder]).status === 0
}

const unmountDisk = (folder: string) => spawnSync("umount", ["--lazy", folder])

/** Fills the disk but for some blocks. */
function fillDisk({ home }: DeclaredProject, blocks: number): void {
  const { bavail, bsize } = statfsSync(home)
  writeFileSync(join(home, "ballast"), Buffer.alloc((bavail - blocks) * bsize))
}

const isMountable = () => {
  const folder = join("/tmp", `freshet-mount-${process.pid}`)
  const isMounted = mountDisk(folder)
  if (isMounted) unmountDisk(folder)
  rmSync(folder, { recursive: true, force: true })
  return isMounted
}

test.skipIf(!isMountable())(
  "a disk that is full at any phase of a run leaves nothing half-done, and a run with space completes the work (skipped without the right to mount)",
  () =>
    withDepot(async (project) => {
      mountDisk(project.home)
      try {
        landEdition(project, 0)
        expectDone(await runFreshet(project, "materialize"))
        let edition = 0
        for (let code: number | null = 1, blocks = 0; code !== 0; blocks += 1) {
          edition += 1
          landEdition(project, edition)
          fillDisk(project, blocks)
          const fault = `${blocks} free blocks`
          const result = await runFreshet(project, "materialize")
          code = result.code
          expectCleanEnd(result, fault)
          await expectWhole(project, { editions: [edition - 1, edition], fault })
          rmSync(join(project.home, "ballast"))
          await expectRecovery(project, { edition, fault })
        }
        expect(edition).toBeGreaterThan(3)
      } finally {
        unmountDisk(project.home)
      }
    }),
)
