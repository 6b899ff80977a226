import { readFileSync } from "node:fs"

import { findInstalled } from "../installed.ts"

/** The version of the engine's package, known without loading the engine. */
export function readEngineVersion(): string {
  const path = findInstalled("@duckdb/node-api/package.json")
  const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string } // every package has one
  return version
}
