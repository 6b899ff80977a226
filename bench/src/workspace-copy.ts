import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const workspace = fileURLToPath(new URL("../../", import.meta.url))

const generatedPaths = /(^|\/)(node_modules|test|\.build|\.freshet[^/]*)$/

/** Copies the program and its packages, with the packages installed there linked. */
export function copyWorkspace(copy: string): void {
  for (const name of ["apps", "packages", "freshet.config.ts", "package.json", "pnpm-lock.yaml"])
    cpSync(join(workspace, name), join(copy, name), {
      recursive: true,
      filter: (path) => !generatedPaths.test(relative(workspace, path)),
    })
  cpSync(join(workspace, "tsconfig.base.json"), join(copy, "tsconfig.base.json"))
  linkInstalled(copy, "")
  for (const kind of ["apps", "packages"])
    for (const name of readdirSync(join(copy, kind))) linkInstalled(copy, join(kind, name))
}

/** Links the packages of the workspace to those of the copy. */
function linkInstalled(copy: string, folder: string): void {
  const installed = join(workspace, folder, "node_modules")
  if (!existsSync(installed)) return
  for (const name of listPackageNames(installed)) {
    const target = realpathSync(join(installed, name))
    const packagePath = relative(realpathSync(workspace), target)
    const link = join(copy, folder, "node_modules", name)
    mkdirSync(join(link, ".."), { recursive: true })
    symlinkSync(name.startsWith("@freshet/") ? join(copy, packagePath) : target, link)
  }
}

function listPackageNames(installed: string): readonly string[] {
  return readdirSync(installed).flatMap((name) =>
    name.startsWith("@")
      ? readdirSync(join(installed, name)).map((scoped) => join(name, scoped))
      : [name],
  )
}
