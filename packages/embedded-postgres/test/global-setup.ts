import { bundlePrograms } from "./supervisor-command.ts"
import { holdTestServer } from "./with-test-database.ts"

/**
 * Bundles the supervisor and starts the server once, before parallel workers need them.
 * @public Vitest calls it by its name.
 */
export async function setup(): Promise<() => Promise<void>> {
  await bundlePrograms()
  return holdTestServer()
}
