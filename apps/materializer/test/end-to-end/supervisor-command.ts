import { join } from "node:path"

import { currentBundle } from "../../bin/bundle.js"

let bundle: Promise<string> | undefined

/** The command that starts a supervisor of an embedded server: the one that commands start. */
export async function getSupervisorCommand(): Promise<readonly string[]> {
  bundle ??= currentBundle()
  return [process.execPath, join(await bundle, "supervisor.js")]
}
