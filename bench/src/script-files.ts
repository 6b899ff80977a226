import { readdirSync } from "node:fs"
import { join } from "node:path"

/** Where the script reads and writes. */
export interface ScriptFolders {
  readonly landing: string
  readonly out: string
}

/** The days with a log, oldest first. */
export function landedDays({ landing }: ScriptFolders): readonly string[] {
  return keysIn(join(landing, "stocktwits", "activity"))
}

/** The newest snapshot of `users` or `rooms`. */
export function newestSnapshot({ landing }: ScriptFolders, kind: "users" | "rooms"): string {
  const folder = join(landing, "stocktwits", kind)
  return `'${join(folder, `${keysIn(folder).at(-1)}.csv`)}'`
}

function keysIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .map((name) => name.slice(0, 10))
    .toSorted()
}

/** A dataset's file of one day. */
function fileOf({ out }: ScriptFolders, dataset: string, day: string): string {
  return join(out, dataset, `${day}.parquet`)
}

/** The rows of a dataset on these days, as SQL. */
export function rowsOf(folders: ScriptFolders, dataset: string, days: readonly string[]): string {
  return `read_parquet([${days.map((day) => `'${fileOf(folders, dataset, day)}'`).join(", ")}])`
}

/** Writes the rows of a query as a dataset's file of one day. */
export function writing(
  folders: ScriptFolders,
  dataset: string,
  day: string,
  query: string,
): string {
  return `copy (${query}) to '${fileOf(folders, dataset, day)}'
    (format parquet, compression zstd, compression_level 1)`
}
