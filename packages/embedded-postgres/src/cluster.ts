import { randomUUID } from "node:crypto"
import { once } from "node:events"
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
} from "node:fs"
import { lstatSync, readdirSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"

import { FreshetError } from "@freshet/core/engine"

import type { PostgresBinaries } from "./postgres-binaries.ts"
import type { PostgresHome } from "./postgres-home.ts"
import { spawnAs } from "./server-identity.ts"
import type { Account, ServerIdentity } from "./server-identity.ts"
import { measureLog, readLogTail, openLog } from "./server-log.ts"

/** The one user of an embedded server: any account that may open the socket connects as this user. */
export const serverUser = "freshet"

/** Creates the folders that a supervisor needs, accessible to their owner alone. */
export function prepareFolders(home: PostgresHome): void {
  for (const folder of [home.folder, home.supervisorsFolder, home.socketFolder]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }
  requireOwnFolder(home)
}

/** Rejects a folder that another account created: the temporary folder is shared. */
function requireOwnFolder(home: PostgresHome): void {
  const { uid, mode } = lstatSync(home.socketFolder)
  const owners = [process.getuid?.(), lstatSync(home.folder).uid]
  if (owners.includes(uid) && (mode & 0o077) === 0) return
  throw new FreshetError("postgres", `${home.socketFolder} is not ours alone.`, {
    hint: "It would hold the server's socket. Remove it, or set FRESHET_HOME to a shorter path.",
  })
}

/** Creates the data folder if it is missing; an existing one is always complete. */
export async function prepareCluster(
  home: PostgresHome,
  binaries: PostgresBinaries,
  identity: ServerIdentity,
): Promise<void> {
  if (identity.kind === "account") transferOwnership(identity.account, home)
  removeDrafts(home)
  if (existsSync(home.dataFolder)) return
  const draft = join(home.folder, `data-${randomUUID()}`)
  await initialize(home, draft, binaries, identity)
  renameSync(draft, home.dataFolder)
  syncFolder(home.folder)
}

async function initialize(
  home: PostgresHome,
  draft: string,
  binaries: PostgresBinaries,
  identity: ServerIdentity,
): Promise<void> {
  const fromByte = measureLog(home.serverLog)
  const log = openLog(home.serverLog)
  const initdb = spawnAs(identity, binaries.initdb, buildInitdbParameters(draft), {
    cwd: home.folder,
    stdio: ["ignore", log, log],
  })
  closeSync(log)
  const [status] = await once(initdb, "exit")
  if (status === 0) return
  throw new FreshetError("postgres", `initdb failed:\n${readLogTail(home.serverLog, fromByte)}`, {
    hint: `The whole log is ${home.serverLog}. DATABASE_URL would use a server of your own.`,
  })
}

function buildInitdbParameters(draft: string): readonly string[] {
  // PostgreSQL's own collation, so that text sorts the same on every machine.
  const locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
  const access = ["--auth-local=trust", "--auth-host=reject"]
  return [
    "-D",
    draft,
    "-U",
    serverUser,
    "--encoding=UTF8",
    "--no-instructions",
    ...locale,
    ...access,
  ]
}

/** Removes the drafts of interrupted initdb processes. One that still runs for a killed supervisor fails without harm. */
function removeDrafts(home: PostgresHome): void {
  for (const name of readdirSync(home.folder)) {
    if (!name.startsWith("data-")) continue
    try {
      rmSync(join(home.folder, name), { recursive: true, force: true })
    } catch {
      continue
    }
  }
}

/** Gives the server's folders to the server's user, and lets that user pass through the state folder. */
function transferOwnership(account: Account, home: PostgresHome): void {
  chmodSync(home.homeFolder, lstatSync(home.homeFolder).mode | 0o011)
  chownSync(home.folder, account.uid, account.gid)
  chownTree(account, home.socketFolder)
  if (existsSync(home.dataFolder)) chownTree(account, home.dataFolder)
}

function chownTree(account: Account, folder: string): void {
  if (lstatSync(folder).uid === account.uid) return
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    chownSync(join(folder, name), account.uid, account.gid)
  }
  chownSync(folder, account.uid, account.gid)
}

function syncFolder(folder: string): void {
  const file = openSync(folder, "r")
  fsyncSync(file)
  closeSync(file)
}
