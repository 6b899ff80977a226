import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs"
import { setTimeout as delay } from "node:timers/promises"

import { expect } from "vitest"

const deadlineMs = 120_000

/** Lists processes whose command line or working folder lies in this folder: supervisors, servers and their helpers. */
function listProcesses(folder: string): readonly string[] {
  const lines = existsSync("/proc/self/cmdline") ? readProcLines() : readPsLines()
  return lines.filter((line) => line.includes(folder))
}

function readProcLines(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ")
        return [`${pid} ${words}in ${readlinkSync(`/proc/${pid}/cwd`)}`]
      } catch {
        return [] // ended meanwhile, or not ours
      }
    })
}

function readPsLines(): readonly string[] {
  return execFileSync("ps", ["-axo", "pid=,args="], { encoding: "utf8" }).split("\n")
}

/** Asserts that all processes of the folder end by themselves. */
export async function expectNoProcesses(folder: string): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (listProcesses(folder).length > 0 && performance.now() < deadline) await delay(50)
  expect(listProcesses(folder)).toEqual([])
}
