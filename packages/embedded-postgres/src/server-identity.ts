import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from "node:child_process"
import { readFileSync, statSync } from "node:fs"
import { tmpdir, userInfo } from "node:os"

import { unreachable } from "@freshet/core/engine"

/** As whom the server runs: PostgreSQL refuses uid 0 and users without an account. */
export type ServerIdentity =
  | { readonly kind: "self" }
  | { readonly kind: "namespace"; readonly account: Account }
  | { readonly kind: "account"; readonly account: Account }

/** A user of this machine, by numbers. */
export type Account = { readonly uid: number; readonly gid: number }

/** Chooses as whom to run the server whose data folder, existing or not, is given. */
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

/** Starts a program of the server as the given identity, with none of the caller's environment. */
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

/** An environment without the caller's secrets, time zone and locale. */
export function createBareEnvironment(): { readonly env: Record<string, string> } {
  return {
    env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", TMPDIR: tmpdir(), TZ: "UTC", LC_ALL: "C" },
  }
}

function buildUserMapping(account: Account): readonly string[] {
  return ["-U", `--map-user=${account.uid}`, `--map-group=${account.gid}`, "--"]
}

/** Containers often forbid user namespaces, so trying is the only way to know. */
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

/** initdb refuses a user number that has no account, so one is taken from the machine's list. */
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
