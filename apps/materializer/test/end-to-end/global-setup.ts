import { currentBundle } from "../../bin/bundle.js"

/** Bundles the command once, before parallel workers need it. */
export async function setup(): Promise<void> {
  await currentBundle()
}
