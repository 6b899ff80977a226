import { bundlePrograms } from "./supervisor-command.ts"

/** Bundles the supervisor once, before workers that need it start side by side. */
export async function setup(): Promise<void> {
  await bundlePrograms()
}
