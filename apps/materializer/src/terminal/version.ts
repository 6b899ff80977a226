import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

/** Describes the version of the command, and the commit from which its programs were built. */
export function describeVersion(programFolder: string, nodeVersion: string): string {
  const manifest = createRequire(import.meta.url).resolve("freshet/package.json")
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string } // a package has one
  const commit = readCommit(programFolder, dirname(manifest))
  return `freshet ${version}${commit === "" ? "" : ` (commit ${commit})`} on Node ${nodeVersion}`
}

/** Reads the commit that was recorded when the package was built, or the one of the workspace; empty if there is neither. */
function readCommit(programFolder: string, packageFolder: string): string {
  const recordPath = join(programFolder, "commit")
  if (existsSync(recordPath)) return readFileSync(recordPath, "utf8").trim()
  if (packageFolder.includes("node_modules")) return ""
  try {
    const words = ["-C", packageFolder, "rev-parse", "--short=12", "HEAD"]
    return execFileSync("git", words, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim()
  } catch {
    return ""
  }
}
