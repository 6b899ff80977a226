import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"

import { parseCsvRows } from "./oracle/csv-rows.ts"

const workspace = fileURLToPath(new URL("../../../../", import.meta.url))
const folder = resolve(workspace, process.env["FRESHET_REAL_DATA"] ?? "../shared/data")
const core = join(folder, "the-movies-dataset/movies_metadata_core.csv.gz")

/** Whether the real data is on this machine; it is not ours to ship. */
export const hasRealData = existsSync(core)

/** Lands the real films, ratings, links and price index under their original names. */
export function landRealFilms(landing: string): void {
  const target = join(landing, "movies")
  mkdirSync(target, { recursive: true })
  const from = (path: string) => join(folder, path)
  writeFileSync(join(target, "movies_metadata.csv"), buildMetadata())
  copyFileSync(from("movielens-small-2015/ratings.csv.gz"), join(target, "ratings.csv.gz"))
  copyFileSync(from("movielens-small-2015/links.csv"), join(target, "links.csv"))
  copyFileSync(
    from("cpi-movies/consumer_price_index.csv"),
    join(target, "consumer_price_index.csv"),
  )
}

/**
 * The original file as far as it is here: its first 2,996 rows to the byte, and all the others with the eight
 * columns that are known of them, in the original's form. Three records break off in the tenth column, and the
 * rest of each stands as a row of its own, shifted.
 */
function buildMetadata(): string {
  const first = readGzip("the-movies-dataset/movies_metadata_first2996.csv.gz")
  const [header = [], ...raw] = parseCsvRows(first)
  const ids = collectGenreIds(raw.map((row) => row[header.indexOf("genres")] ?? ""))
  const [, ...rows] = parseCsvRows(readGzip("the-movies-dataset/movies_metadata_core.csv.gz"))
  const laterRows = rows.slice(raw.length).map((row) => formatOriginalRow(row, ids))
  return `${first.endsWith("\n") ? first : `${first}\n`}${laterRows.join("\n")}\n`
}

function readGzip(path: string): string {
  return gunzipSync(readFileSync(join(folder, path))).toString("utf8")
}

function collectGenreIds(lists: readonly string[]): Map<string, number> {
  const ids = new Map<string, number>()
  for (const list of lists)
    for (const [, id, name = ""] of list.matchAll(/'id': (\d+), 'name': '([^']+)'/g))
      ids.set(name, Number(id))
  return ids
}

function formatOriginalRow(row: readonly string[], ids: Map<string, number>): string {
  const [id = "", title = "", listed = "", released = "", revenue = "", runtime = ""] = row
  const [average = "", votes = ""] = row.slice(6)
  const names = [...listed.matchAll(/'([^']+)'/g)].map(([, name = ""]) => name)
  const dicts = names.map((name) => `{'id': ${getGenreId(name, ids)}, 'name': '${name}'}`)
  const list = `"[${dicts.join(", ")}]"`
  if (!/^\d+$/.test(id))
    return ` - shifted,0.1,/poster.jpg,${list},[],${id},0,104.0,[],Released,,Some film,False,6.0,1`
  if (title === "") return `False,,0,${list},,${id},tt0000000,en,Some film," breaks off"`
  const middleColumns = `${quoteCsv(title)},,0.5,,[],[],${released},${removeDecimals(revenue)},${runtime},[],Released,,`
  return `False,,0,${list},,${id},,en,${middleColumns}${quoteCsv(title)},False,${average},${removeDecimals(votes)}`
}

function getGenreId(name: string, ids: Map<string, number>): number {
  const id = ids.get(name) ?? 100_000 + ids.size
  ids.set(name, id)
  return id
}

function quoteCsv(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

function removeDecimals(text: string): string {
  return text.replace(/\.0$/, "")
}
