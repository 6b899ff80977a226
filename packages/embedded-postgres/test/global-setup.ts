import { bundlePrograms } from "./supervisor-command.ts"

/**
 * Bundles the supervisor once, before parallel workers need it.
 * @public Vitest calls it by its name.
 */
export async function setup(): Promise<void> {
  await bundlePrograms()
}
