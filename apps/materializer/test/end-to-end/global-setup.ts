import { join } from "node:path"

import { bundleCommand, workspace } from "../../bin/bundle-command.js"
import { bundleProject } from "../../bin/bundle-project.js"

/** Builds the bundles once, before parallel workers need it. */
export async function setup(): Promise<void> {
  await Promise.all([bundleCommand(), bundleProject(join(workspace, "freshet.config.ts"))])
}
