import { existsSync } from "node:fs"
import { access, constants, readdir, stat } from "node:fs/promises"
import { join } from "node:path"

import { FreshetError } from "@freshet/core/engine"

import { hashContent } from "./content-hash.ts"
import { readHeaderLine } from "./header-line.ts"
import type { LandingZone } from "./landing-zone.ts"
import { listFolder } from "./list-folder.ts"

/** Opens a landing zone in a folder, whose files are identified by the SHA-256 of their bytes. */
export function openFolderLanding(root: string): LandingZone {
  return {
    locate: (path) => (path === undefined ? root : join(root, path)),
    openListing: async () => (existsSync(root) ? (folder) => listFolder(root, folder) : undefined),
    missingHint: "Make that folder, or set FRESHET_LANDING to the one where files are landed.",
    identify: ({ path }) => hashContent(root, path),
    readHeader: ({ path }) => readHeaderLine(join(root, path)),
    localPath: ({ path }) => join(root, path),
    hashBytes: async ({ hash }) => hash,
    isUnchanged: ({ path, hash }) =>
      hashContent(root, path).then(
        (file) => file.hash === hash,
        () => false,
      ),
    exists: async (path) => existsSync(join(root, path)),
    describeFiles: () => describeFiles(root),
    probe: () => requireReadable(root),
  }
}

async function requireReadable(root: string): Promise<void> {
  await access(root, constants.R_OK | constants.X_OK).catch((cause: unknown) => {
    throw new FreshetError("input", `${root} does not exist or is not readable`, { cause })
  })
}

async function describeFiles(root: string): Promise<string> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = await Promise.all(
    entries.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name)
      const stats = await stat(path).catch(() => undefined)
      return `${path} ${stats?.size ?? ""} ${stats?.mtimeMs ?? ""}`
    }),
  )
  return files.toSorted().join("\n")
}
