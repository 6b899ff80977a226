import { readdirSync, readFileSync } from "node:fs"

import { readProcessCpuMs } from "./bench-server.ts"

/** The resources that a process and its children use at an instant. */
export interface ProcessUse {
  readonly atMs: number
  readonly cpuMs: number
  /** The resident memory; pages that processes share count once for each. */
  readonly memoryMb: number
  /** The open files, sockets and pipes. */
  readonly handles: number
}

/** Reads the use of a process and its children from /proc; children that have just ended are left out. */
export function readTreeUse(pid: number): ProcessUse {
  const uses = [pid, ...listChildren(pid)].flatMap((member) => readUse(member) ?? [])
  const sum = (key: "cpuMs" | "memoryMb" | "handles") =>
    uses.reduce((total, use) => total + use[key], 0)
  return {
    atMs: performance.now(),
    cpuMs: sum("cpuMs"),
    memoryMb: sum("memoryMb"),
    handles: sum("handles"),
  }
}

/** Lists the children of a process. */
export function listChildren(pid: number): readonly number[] {
  const tasks = readdirSync(`/proc/${pid}/task`)
  return tasks.flatMap((task) => {
    const text = readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim()
    return text === "" ? [] : text.split(" ").map(Number)
  })
}

function readUse(pid: number): Omit<ProcessUse, "atMs"> | undefined {
  try {
    const [, residentKb = "0"] =
      /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? []
    const handles = readdirSync(`/proc/${pid}/fd`).length
    return { cpuMs: readProcessCpuMs(pid), memoryMb: Number(residentKb) / 1024, handles }
  } catch (error) {
    if (
      error instanceof Error &&
      "code" in error &&
      ["ENOENT", "ESRCH"].includes(String(error.code))
    )
      return undefined
    throw error
  }
}
