import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, readlinkSync, statSync } from "node:fs"
import { join } from "node:path"

import { resolveRealPath, formatSocketName } from "./postgres-home.ts"
import type { PostgresHome } from "./postgres-home.ts"

/** The state of the server according to the data folder and the process table. */
export type ServerState =
  | { readonly kind: "down" }
  | { readonly kind: "starting" | "stopping" | "deaf"; readonly pid: number }
  | {
      readonly kind: "up"
      readonly pid: number
      readonly socketFolder: string
      readonly port: number
    }

/** Reads the state of the server without connecting. A "deaf" server runs without its socket file. */
export function readServerState(home: PostgresHome): ServerState {
  const file = readPostmasterFile(home)
  if (file === undefined || !isServerProcess(file.pid, home)) return { kind: "down" }
  const { pid, port, socketFolder, status } = file
  switch (status) {
    case "ready":
      return hasSocket(socketFolder, port)
        ? { kind: "up", pid, socketFolder, port }
        : { kind: "deaf", pid }
    case "stopping":
      return { kind: "stopping", pid }
    default:
      return { kind: "starting", pid }
  }
}

type PostmasterFile = {
  readonly pid: number
  readonly port: number
  readonly socketFolder: string
  readonly status: string
}

/** Reads the server's lock file: process, data folder, start, port, socket folder, address, memory key, status. */
export function getPostmasterPath(home: PostgresHome): string {
  return join(home.dataFolder, "postmaster.pid")
}

function readPostmasterFile(home: PostgresHome): PostmasterFile | undefined {
  try {
    const lines = readFileSync(getPostmasterPath(home), "utf8").split("\n")
    const [pid, , , port, socketFolder, , , status] = lines.map((line) => line.trim())
    if (pid === undefined || pid === "") return undefined
    return {
      pid: Number(pid),
      port: Number(port ?? 0),
      socketFolder: socketFolder ?? "",
      status: status ?? "",
    }
  } catch {
    return undefined
  }
}

function hasSocket(socketFolder: string, port: number): boolean {
  return existsSync(join(socketFolder, formatSocketName(port)))
}

/**
 * Tests if the process with this number is this server. Numbers are reused, and a killed server stays in the
 * process table until its parent reaps it. PostgreSQL uses its data folder as working folder.
 */
export function isServerProcess(pid: number, home: PostgresHome): boolean {
  if (process.platform === "linux")
    return readWorkingFolder(pid) === resolveRealPath(home.dataFolder)
  const { stdout } = spawnSync("ps", ["-ww", "-o", "command=", "-p", String(pid)])
  return String(stdout).includes(home.dataFolder)
}

function readWorkingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, "")
  } catch {
    return undefined
  }
}

/** Returns the age of the server's lock file in milliseconds; undefined without a lock file. */
export function readPostmasterAgeMs(home: PostgresHome): number | undefined {
  const stats = statSync(getPostmasterPath(home), { throwIfNoEntry: false })
  return stats && Date.now() - stats.mtimeMs
}
