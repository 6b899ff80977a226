import { mkdir, readdir, rm, statfs, writeFile } from "node:fs/promises"
import { join } from "node:path"

import { formatBytes, formatCount, formatQuantity, getErrorMessage } from "@freshet/core/engine"

import type { Config } from "../config.ts"
import type { FindingDocument } from "../documents/diagnostics.ts"
import { openLandingZone } from "../open-landing-zone.ts"
import { openStore } from "../open-store.ts"

/** Checks the version of Node. */
export function checkNode(version: string): FindingDocument {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  const isSupported = major > 20 || (major === 20 && minor >= 19)
  return {
    level: isSupported ? "ok" : "fail",
    subject: "Node",
    message: version,
    hint: isSupported ? null : "Freshet needs Node 20.19 or newer.",
  }
}

/** Checks that assets are declared. */
export function checkConfig({ assets }: Config): FindingDocument {
  const subject = "configuration"
  if (assets.length === 0)
    return {
      level: "warn",
      subject,
      message: "no assets are declared",
      hint: "List them under `assets` in freshet.config.ts.",
    }
  const sourceCount = assets.filter(({ kind }) => kind === "source").length
  const message = `${formatQuantity(assets.length - sourceCount, "asset")} and ${formatQuantity(sourceCount, "source")} declared`
  return { level: "ok", subject, message, hint: null }
}

const permissionHint = "Give this user write permission there, or set FRESHET_HOME or FRESHET_LAKE."

/** Checks that the state folder is writable. */
export async function checkHome({ home }: Config): Promise<FindingDocument> {
  const subject = "state folder"
  try {
    await mkdir(home, { recursive: true })
    const probe = join(home, ".freshet-probe")
    await writeFile(probe, "")
    await rm(probe)
    return { level: "ok", subject, message: home, hint: null }
  } catch (error) {
    const message = `${home} is not writable: ${getErrorMessage(error)}`
    return { level: "fail", subject, message, hint: permissionHint }
  }
}

/** Checks that the lake accepts files. */
export async function checkLake(config: Config): Promise<FindingDocument> {
  const store = openStore(config)
  const subject = "lake"
  try {
    await store.probe()
    return { level: "ok", subject, message: store.locate(), hint: null }
  } catch (error) {
    return { level: "fail", subject, message: getErrorMessage(error), hint: permissionHint }
  }
}

const minFreeBytes = 2e9

/** Checks the free space of the disk. */
export async function checkDisk({ home }: Config): Promise<FindingDocument> {
  const subject = "disk"
  try {
    const { bavail, bsize } = await statfs(home)
    const freeBytes = bavail * bsize
    const message = `${formatBytes(freeBytes)} free`
    return freeBytes < minFreeBytes
      ? { level: "warn", subject, message, hint: "Free some space: large steps spill to disk." }
      : { level: "ok", subject, message, hint: null }
  } catch (error) {
    return { level: "warn", subject, message: getErrorMessage(error), hint: null }
  }
}

/** Checks that the landing zone is readable. */
export async function checkLanding(config: Config): Promise<FindingDocument> {
  const zone = openLandingZone(config)
  const subject = "landing zone"
  try {
    await zone.probe()
    return { level: "ok", subject, message: zone.locate(), hint: null }
  } catch (error) {
    return {
      level: "warn",
      subject,
      message: getErrorMessage(error),
      hint: "Set FRESHET_LANDING, or generate sample files with `freshet demo-data`.",
    }
  }
}

/** Counts temporary files in the lake and in the spill folder. */
export async function checkTemporaryFiles(config: Config): Promise<FindingDocument> {
  const subject = "temporary files"
  const { files } = await openStore(config).measureTemp()
  const options = { recursive: true, withFileTypes: true } as const
  const spilled = await readdir(join(config.home, "spill"), options).catch(() => [])
  const total = files + spilled.filter((entry) => entry.isFile()).length
  if (total === 0) return { level: "ok", subject, message: "none", hint: null }
  return {
    level: "warn",
    subject,
    message: `${formatCount(total)} in use or orphaned by killed runs`,
    hint: "The next run removes those in the lake; `freshet gc` removes the old ones.",
  }
}
