import { currentBundle } from "../../bin/bundle.js"

/** Builds the bundles once, before parallel workers need it. */
export async function setup(): Promise<void> {
  await Promise.all([currentBundle("command"), currentBundle("project")])
}
