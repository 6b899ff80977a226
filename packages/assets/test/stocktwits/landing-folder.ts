import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

import type { OracleInput } from "./oracle/stocktwits-oracle.ts"

/** Reads the StockTwits files of a landing folder: plain files only, neither gzip nor part files. */
export function readLandingFolder(folder: string): OracleInput {
  const activity = readTextsByDay(join(folder, "stocktwits", "activity"), ".json")
  return {
    activity: new Map([...activity].map(([day, text]) => [day, splitLines(text)])),
    users: readTextsByDay(join(folder, "stocktwits", "users"), ".csv"),
    rooms: readTextsByDay(join(folder, "stocktwits", "rooms"), ".csv"),
  }
}

function readTextsByDay(folder: string, extension: string): ReadonlyMap<string, string> {
  const names = existsSync(folder) ? readdirSync(folder) : []
  return new Map(
    names
      .filter((name) => name.endsWith(extension))
      .map((name) => [name.slice(0, -extension.length), readFileSync(join(folder, name), "utf8")]),
  )
}

function splitLines(text: string): readonly string[] {
  const lines = text.split("\n")
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines
}
