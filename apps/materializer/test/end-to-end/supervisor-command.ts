import { fileURLToPath } from "node:url"

import { findCurrentBundle } from "../../bin/current-bundle.js"
import { makeBundle } from "../../bin/make-bundle.js"

let bundle: Promise<URL> | undefined

/** The command that starts a supervisor of an embedded server: the one that commands start. */
export async function getSupervisorCommand(): Promise<readonly string[]> {
  bundle ??= Promise.resolve(findCurrentBundle() ?? makeBundle())
  return [process.execPath, fileURLToPath(new URL("supervisor.js", await bundle))]
}
