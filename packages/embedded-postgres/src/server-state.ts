import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, readlinkSync, statSync } from "node:fs"
import { join } from "node:path"

import { resolveRealPath, formatSocketName } from "./postgres-home.ts"
import type { PostgresHome } from "./postgres-home.ts"

/** What the data folder and the process table say of the server. */
export type ServerState =
  | { readonly kind: "down" }
  | { readonly kind: "starting" | "stopping" | "deaf"; readonly pid: number }
  | {
      readonly kind: "up"
      readonly pid: number
      readonly socketFolder: string
      readonly port: number
    }

/** Looks at the server without connecting; "deaf" is one whose socket file somebody removed. */
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

/** The server's own lock file: process, data folder, start, port, socket folder, address, memory key, status. */
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
 * Whether the process with this number is this server: numbers are reused, and a killed server stays
 * in the process table until somebody reaps it. PostgreSQL makes its data folder its working folder.
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

/** How long ago the server's lock file was written, in milliseconds; undefined if there is none. */
export function readPostmasterAgeMs(home: PostgresHome): number | undefined {
  const stats = statSync(getPostmasterPath(home), { throwIfNoEntry: false })
  return stats && Date.now() - stats.mtimeMs
}
