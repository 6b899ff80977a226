import { readdirSync } from "node:fs"
import { join } from "node:path"

/** Folders of the script. */
export interface ScriptFolders {
  readonly landing: string
  readonly out: string
}

/** Lists the days with a log, oldest first. */
export function listLandedDays({ landing }: ScriptFolders): readonly string[] {
  return listKeys(join(landing, "stocktwits", "activity"))
}

/** Finds the newest snapshot of `users` or `rooms`. */
export function findNewestSnapshot({ landing }: ScriptFolders, kind: "users" | "rooms"): string {
  const folder = join(landing, "stocktwits", kind)
  return `'${join(folder, `${listKeys(folder).at(-1)}.csv`)}'`
}

function listKeys(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .map((name) => name.slice(0, 10))
    .toSorted()
}

/** Builds the path of a dataset's file of one day. */
function getFilePath({ out }: ScriptFolders, dataset: string, day: string): string {
  return join(out, dataset, `${day}.parquet`)
}

/** Builds the SQL that reads a dataset on these days. */
export function buildRead(
  folders: ScriptFolders,
  dataset: string,
  days: readonly string[],
): string {
  return `read_parquet([${days.map((day) => `'${getFilePath(folders, dataset, day)}'`).join(", ")}])`
}

/** Builds the SQL that writes the rows of a query to a dataset's file of one day. */
export function buildCopy(
  folders: ScriptFolders,
  dataset: string,
  day: string,
  query: string,
): string {
  return `copy (${query}) to '${getFilePath(folders, dataset, day)}'
    (format parquet, compression zstd, compression_level 1)`
}
