import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from "node:child_process"
import { readFileSync, statSync } from "node:fs"
import { tmpdir, userInfo } from "node:os"

import { unreachable } from "@freshet/core/engine"

/** The account that runs the server: PostgreSQL rejects uid 0 and users without an account. */
export type ServerIdentity =
  | { readonly kind: "self" }
  | { readonly kind: "namespace"; readonly account: Account }
  | { readonly kind: "account"; readonly account: Account }

/** A user of this machine: uid and gid. */
export type Account = { readonly uid: number; readonly gid: number }

/** Chooses the account that runs the server with this data folder, which need not exist. */
export function chooseServerIdentity(dataFolder: string): ServerIdentity {
  const uid = process.getuid?.()
  if (uid === undefined || (uid !== 0 && hasAccount())) return { kind: "self" }
  const owner = findOwner(dataFolder)
  if (uid === 0 && owner !== undefined && owner.uid !== 0)
    return { kind: "account", account: owner }
  const account = findUnprivilegedAccount()
  if (account === undefined) return { kind: "self" }
  if (canMapUser(account)) return { kind: "namespace", account }
  return uid === 0 ? { kind: "account", account } : { kind: "self" }
}

/** Starts a program of the server under an account, without the caller's environment. */
export function spawnAs(
  identity: ServerIdentity,
  program: string,
  parameters: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  const bareOptions = { ...options, ...createBareEnvironment() }
  switch (identity.kind) {
    case "self":
      return spawn(program, parameters, bareOptions)
    case "namespace":
      return spawn(
        "unshare",
        [...buildUserMapping(identity.account), program, ...parameters],
        bareOptions,
      )
    case "account":
      return spawn(program, parameters, { ...bareOptions, ...identity.account })
    default:
      return unreachable(identity)
  }
}

/** Builds an environment without the caller's secrets, time zone and locale. */
export function createBareEnvironment(): { readonly env: Record<string, string> } {
  return {
    env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", TMPDIR: tmpdir(), TZ: "UTC", LC_ALL: "C" },
  }
}

function buildUserMapping(account: Account): readonly string[] {
  return ["-U", `--map-user=${account.uid}`, `--map-group=${account.gid}`, "--"]
}

/** Tests by trying if user namespaces are allowed: containers often forbid them. */
function canMapUser(account: Account): boolean {
  if (process.platform !== "linux") return false
  const trial = spawnSync(
    "unshare",
    [...buildUserMapping(account), "true"],
    createBareEnvironment(),
  )
  return trial.status === 0
}

function hasAccount(): boolean {
  try {
    return userInfo().username !== ""
  } catch {
    return false
  }
}

function findOwner(path: string): Account | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats && { uid: stats.uid, gid: stats.gid }
}

/** Picks a uid from the machine's accounts: initdb rejects a uid without an account. */
function findUnprivilegedAccount(): Account | undefined {
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }))
    .filter(({ name, uid }) => name !== undefined && name !== "" && uid !== 0)
  const findAccount = (accountName: string) => accounts.find(({ name }) => name === accountName)
  const account = findAccount("postgres") ?? findAccount("nobody") ?? accounts[0]
  return account && { uid: account.uid, gid: account.gid }
}
